#pragma once
// Mutual exclusion for a few instructions.

#include <atomic>

namespace gradus {

/// For critical sections of some ten instructions that hardly ever meet: taking one costs as much as an addition to a
/// shared counter, and the header compiles in no time, which <mutex> does not.
class SpinLock {
public:
    void lock() {
        while (flag_.test_and_set(std::memory_order_acquire)) flag_.wait(true, std::memory_order_relaxed);
    }
    void unlock() {
        flag_.clear(std::memory_order_release);
        flag_.notify_one();
    }

private:
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
