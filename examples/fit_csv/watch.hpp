#pragma once
// Watching a fit: a trace when asked for, a line on the terminal when it takes long, and Ctrl-C.

#include "problem.hpp"
#include <gradus/solvers/observers.hpp>

#include <optional>

namespace fit_csv {

class Watch {
public:
    /// The line goes to `errors`, the stream of descriptor 2.
    Watch(const Problem& problem, const Options& options, std::ostream& errors) : progress_(errors) {
        if (!options.trace.empty()) trace_.emplace(parameter_names(problem, options));
    }

    template <class S>
    gradus::Control operator()(const gradus::IterationRecord<S>& record) {
        if (trace_) (*trace_)(record);
        progress_(record);
        return interruption_(record);
    }
    std::string reason() const { return interruption_.reason(); }

    /// No more rows for the trace: what is fitted now is not the model that was asked for.
    void end_trace() {
        if (trace_) done_ = std::move(trace_);
        trace_.reset();
    }
    const gradus::Trace& trace() const { return trace_ ? *trace_ : *done_; }

private:
    std::optional<gradus::Trace> trace_, done_;
    gradus::ProgressLine progress_;
    gradus::Interruption interruption_;
};

}  // namespace fit_csv
