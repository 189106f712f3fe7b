#pragma once
// Sums over rows: a fixed partition, a fixed tree, any number of workers.

#include <gradus/core/executor.hpp>
#include <gradus/core/spin_lock.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace gradus {

/// Rows cut into ranges of `size`, the last of which may be short.
struct Ranges {
    Index rows = 0, size = 1;

    Index count() const { return (rows + size - 1) / size; }
    Index first(Index range) const { return range * size; }
    Index rows_of(Index range) const { return std::min(size, rows - first(range)); }
};

namespace detail {

/// The binary tree over `count` leaves, and the parts that wait in it for their neighbour.
class MergeTree {
public:
    MergeTree(Index leaves, int workers) : leaves_(leaves) {
        Index nodes = 0;
        for (Index width = leaves;; width = (width + 1) / 2) {
            nodes += width;
            ++levels_;
            if (width == 1) break;
        }
        waiting_.assign(static_cast<std::size_t>(nodes), -1);
        // each worker works on one part; on each level one may wait for it, and one for ranges that nobody has begun
        for (int slot = (workers + 1) * (levels_ + 1); slot-- > 0;) free_.push_back(slot);
        slots_ = static_cast<int>(free_.size());
    }
    int slots() const { return slots_; }

    int take_slot() {
        const Locked hold(lock_);
        const int slot = free_.back();
        free_.pop_back();
        return slot;
    }

    /// The part in `slot` is that of a leaf; merges as far up as the neighbours are done.
    void done(Index leaf, int slot, FunctionRef<int, int> merge) {
        Index node = leaf, width = leaves_, below = 0;
        for (; width > 1; below += width, width = (width + 1) / 2, node /= 2) {
            const Index neighbour = node ^ 1;
            if (neighbour >= width) continue;  // the last one of an odd number goes up alone
            int other = -1;
            {
                const Locked hold(lock_);
                std::swap(other, waiting_[static_cast<std::size_t>(below + neighbour)]);
                if (other < 0) {
                    waiting_[static_cast<std::size_t>(below + node)] = slot;
                    return;
                }
            }
            const int left = neighbour < node ? other : slot, right = neighbour < node ? slot : other;
            merge(left, right);
            slot = left;
            const Locked hold(lock_);
            free_.push_back(right);
        }
        root_ = slot;
    }
    int root() const { return root_; }

private:
    Index leaves_;
    int levels_ = 0, slots_ = 0, root_ = -1;
    SpinLock lock_;
    std::vector<int> waiting_, free_;
};

inline int reduce_slots(const Executor& executor, MergeTree& tree, Index count, FunctionRef<Index, int, int> body,
                        FunctionRef<int, int> merge) {
    executor.for_each(count, [&](Index range, int worker) {
        const int slot = tree.take_slot();
        body(range, worker, slot);
        tree.done(range, slot, merge);
    });
    return tree.root();
}

}  // namespace detail

/// The sum over ranges 0, ..., count - 1: each begins with a copy of `zero`, body(range, part, worker) adds its rows to
/// it, and parts are joined by part.merge(other), neighbours first. Which parts are joined, and in which order, depends
/// on `count` alone: the answer has the same bits for any number of workers. At most (workers + 1) (log2(count) + 2)
/// parts are alive at a time.
template <class Part, class Body>
Part reduce(const Executor& executor, Index count, Part zero, Body&& body) {
    if (count <= 1) {
        if (count == 1) body(Index(0), zero, 0);
        return zero;
    }
    detail::MergeTree tree(count, executor.workers());
    std::vector<std::optional<Part>> parts(static_cast<std::size_t>(tree.slots()));
    const auto part = [&](int slot) -> std::optional<Part>& { return parts[static_cast<std::size_t>(slot)]; };
    const int root = detail::reduce_slots(
        executor, tree, count,
        [&](Index range, int worker, int slot) {
            part(slot) = zero;
            body(range, *part(slot), worker);
        },
        [&](int into, int from) { part(into)->merge(*part(from)); });
    return std::move(*part(root));
}

}  // namespace gradus
