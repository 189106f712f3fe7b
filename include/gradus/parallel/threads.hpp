#pragma once
// Threads of OpenMP as an executor. Compile and link with OpenMP (gradus::threads).

#include <gradus/core/config.hpp>
#include <gradus/core/executor.hpp>

#ifndef _OPENMP
#error "gradus: gradus/parallel/threads.hpp needs OpenMP: compile with -fopenmp, or link gradus::threads"
#endif

#include <atomic>
#include <exception>
#include <omp.h>

namespace gradus {

namespace detail {

/// What the threads of one walk share. Everything they hand to each other goes through the two counters, so that also a
/// tool that does not know OpenMP's own barriers sees the order of events.
class SharedTasks {
public:
    SharedTasks(Index count, Executor::Task task) : count_(count), task_(task) {}

    /// One worker: takes the next task until none is left, or until one has thrown.
    void work(int worker) {
        ready_.load(std::memory_order_acquire);
        while (!has_failed_.load(std::memory_order_relaxed)) {
            const Index i = next_.fetch_add(1, std::memory_order_relaxed);
            if (i >= count_) break;
            run(i, worker);
        }
        done_.fetch_add(1, std::memory_order_release);
    }
    void begin() { ready_.store(true, std::memory_order_release); }
    /// After all workers are back: what one of them threw comes through.
    void end() {
        done_.load(std::memory_order_acquire);
#if defined(__cpp_exceptions)
        if (failure_) std::rethrow_exception(failure_);
#endif
    }

private:
    void run(Index i, int worker) {
#if defined(__cpp_exceptions)
        try {
            task_(i, worker);
        } catch (...) {
            if (!has_failed_.exchange(true)) failure_ = std::current_exception();
        }
#else
        task_(i, worker);
#endif
    }

    Index count_;
    Executor::Task task_;
    std::atomic<Index> next_{0};
    std::atomic<int> done_{0};
    std::atomic<bool> ready_{false}, has_failed_{false};
    std::exception_ptr failure_;
};

/// The thread sanitizer does not see how OpenMP hands the variables of the region to its threads, and there is nothing
/// else in here for it to see.
__attribute__((no_sanitize("thread"))) inline void run_on_threads(int workers, Index count, Executor::Task task) {
    SharedTasks tasks(count, task);
    tasks.begin();
    // a task may be handed to fewer threads than asked for; the numbers of those there are stay below `workers`
#pragma omp parallel num_threads(workers)
    tasks.work(omp_get_thread_num());
    tasks.end();
}

}  // namespace detail

/// Fits on several threads, with the same bits as on one:
///
///     model.fit(Observations(X, labels).on(Threads{4}));     // Threads{}: as many as OpenMP would take
///
/// Data whose walk takes less than some hundred microseconds stay on one thread by themselves; rows from a source are
/// read by one.
struct Threads {
    int count = 0;  ///< 0: as many as OpenMP would take

    operator Executor() const { return {count > 0 ? count : omp_get_max_threads(), detail::run_on_threads}; }
};

}  // namespace gradus
