#pragma once
// Who does the work of a walk over the rows.

#include <gradus/core/function_ref.hpp>
#include <gradus/core/types.hpp>

namespace gradus {

/// Calls a task for 0, 1, ..., count - 1, each once, handed out in this order, and returns when all are done. By itself
/// it does so one after another; parallel/threads.hpp makes executors that share them out.
///
/// A task is told its worker, 0 ... workers() - 1. No two tasks of one worker run at the same time, so scratch may
/// belong to a worker.
class Executor {
public:
    using Task = FunctionRef<Index, int>;
    using Run = void (*)(int workers, Index count, Task task);

    Executor() = default;
    Executor(int workers, Run run) : workers_(workers), run_(run) {}

    int workers() const { return workers_; }

    void for_each(Index count, Task task) const {
        if (workers_ > 1 && count > 1) return run_(workers_, count, task);
        for (Index i = 0; i < count; ++i) task(i, 0);
    }

private:
    int workers_ = 1;
    Run run_ = nullptr;
};

}  // namespace gradus
