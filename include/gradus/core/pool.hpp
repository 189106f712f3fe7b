#pragma once
// Scratch that is used again.

#include <gradus/core/config.hpp>
#include <gradus/core/spin_lock.hpp>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace gradus {

/// Scratch objects for those who need one for a while. An object that is const in truth, usable from two threads at
/// once, cannot own its scratch; allocating it anew for each sweep over the data would cost small problems most of
/// their time. So it is lent and comes back. A copy of a pool is an empty one.
template <class T>
class Pool {
    // idle ones are a list, so that giving one back allocates nothing
    struct Item {
        T value{};
        std::unique_ptr<Item> next;
        GRADUS_ONCE ~Item() {}  // of many matrices: compiled once, not at each place that may throw
    };

public:
    Pool() = default;
    Pool(const Pool&) {}
    Pool& operator=(const Pool&) { return *this; }

    /// One object for each of some workers, until this goes away.
    class Lease {
    public:
        GRADUS_ONCE Lease(const Pool& pool, int workers) : pool_(&pool) {
            for (int i = 0; i < workers; ++i) items_.push_back(pool.take());
        }
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        GRADUS_ONCE ~Lease() {
            for (auto& item : items_) pool_->give_back(std::move(item));
        }
        T& operator[](int worker) const { return items_[static_cast<std::size_t>(worker)]->value; }

    private:
        const Pool* pool_;
        std::vector<std::unique_ptr<Item>> items_;
    };

    Lease lend(int workers = 1) const { return Lease(*this, workers); }

private:
    std::unique_ptr<Item> take() const {
        {
            const Locked hold(lock_);
            if (idle_) {
                std::unique_ptr<Item> item = std::move(idle_);
                idle_ = std::move(item->next);
                return item;
            }
        }
        return std::make_unique<Item>();
    }
    void give_back(std::unique_ptr<Item> item) const {
        const Locked hold(lock_);
        item->next = std::move(idle_);
        idle_ = std::move(item);
    }

    mutable SpinLock lock_;
    mutable std::unique_ptr<Item> idle_;
};

}  // namespace gradus
