#pragma once
// Mutual exclusion for a few instructions.

#include <gradus/core/config.hpp>

#include <atomic>

#if __has_include(<sched.h>)
#include <sched.h>
#endif

namespace gradus {

/// For critical sections of some ten instructions that hardly ever meet: taking one costs as much as an addition to a
/// shared counter. Headers that compile slowly, <mutex> and the waiting of <atomic>, are not needed for that.
class SpinLock {
public:
    void lock() {
        while (flag_.test_and_set(std::memory_order_acquire)) give_way();
    }
    void unlock() { flag_.clear(std::memory_order_release); }

private:
    // the holder may be off its core
    static void give_way() {
#if __has_include(<sched.h>)
        sched_yield();
#endif
    }
    std::atomic_flag flag_ = ATOMIC_FLAG_INIT;
};

/// Holds the lock while it lives.
class Locked {
public:
    explicit Locked(SpinLock& lock) : lock_(&lock) { lock_->lock(); }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;
    ~Locked() { lock_->unlock(); }

private:
    SpinLock* lock_;
};

}  // namespace gradus
