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

    /// Where the options ask for one.
    const std::optional<gradus::Trace>& trace() const { return trace_; }

private:
    std::optional<gradus::Trace> trace_;
    gradus::ProgressLine progress_;
    gradus::Interruption interruption_;
};

}  // namespace fit_csv
