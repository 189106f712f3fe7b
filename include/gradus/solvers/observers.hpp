#pragma once
// Observers to hand to a fit: a record of it, a line on the terminal, and reasons to stop. Each is called with the
// record of every state, the start (iteration 0) first, and begins anew there, so that one object may watch one run
// after another.
//
//     Trace trace;
//     EarlyStop patience{.improvement = 1e-6, .iterations = 20};
//     Interruption interruption;
//     Observers watch(trace, patience, TimeLimit{60}, interruption);
//     model.fit(X, y, GradientDescent<>{}, watch);
//     trace.write_csv(file);

#include <gradus/core/errors.hpp>
#include <gradus/solvers/observer.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

namespace gradus {

/// Seconds since it was made.
class Stopwatch {
public:
    double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Records every iteration, in double whatever the scalar.
class Trace {
public:
    struct Row {
        int iteration;
        double value, gradient_norm, relative_gradient, step, seconds;  ///< seconds since the start was shown
        std::vector<double> parameters;  ///< empty unless the trace was given their names
    };

    Trace() = default;
    /// Records the parameters too: models show the columns of W one after another, then the intercepts. Of names that
    /// are not as many as the parameters, the first ones are used, and what is missing is called parameter_3.
    explicit Trace(std::vector<std::string> parameter_names)
        : keeps_parameters_(true), names_(std::move(parameter_names)) {}

    template <Scalar S>
    void operator()(const IterationRecord<S>& record) {
        if (record.iteration == 0) rows_.clear(), watch_ = {};
        rows_.push_back({record.iteration,
                         static_cast<double>(record.value),
                         static_cast<double>(record.gradient_norm),
                         static_cast<double>(record.relative_gradient),
                         static_cast<double>(record.step),
                         watch_.seconds(),
                         {}});
        if (!keeps_parameters_) return;
        for (Index j = 0; j < record.x.size(); ++j) rows_.back().parameters.push_back(static_cast<double>(record.x[j]));
    }

    const std::vector<Row>& rows() const { return rows_; }

    /// A header and one line for each row; numbers are the shortest that read back as the same double.
    void write_csv(std::ostream& out) const {
        out << "iteration,value,gradient_norm,relative_gradient,step,seconds";
        const std::size_t parameters = rows_.empty() ? names_.size() : rows_[0].parameters.size();
        for (std::size_t j = 0; keeps_parameters_ && j < parameters; ++j)
            out << ',' << cell(j < names_.size() ? names_[j] : "parameter_" + std::to_string(j));
        out << '\n';
        for (const Row& row : rows_) {
            out << row.iteration;
            for (const double number : {row.value, row.gradient_norm, row.relative_gradient, row.step, row.seconds})
                out << ',' << shortest(number);
            for (const double number : row.parameters) out << ',' << shortest(number);
            out << '\n';
        }
    }

private:
    static std::string shortest(double number) {
        char digits[32];
        return {digits, std::to_chars(digits, digits + sizeof digits, number).ptr};
    }
    // in quotes where it has to be (RFC 4180)
    static std::string cell(const std::string& text) {
        if (text.find_first_of(",\"\r\n") == text.npos) return text;
        std::string out = "\"";
        for (const char c : text) out.append(c == '"' ? 2 : 1, c);
        return out + '"';
    }

    bool keeps_parameters_ = false;
    std::vector<std::string> names_;
    std::vector<Row> rows_;
    Stopwatch watch_;
};

/// Whether a file descriptor (0 input, 1 output, 2 errors) is a terminal; false where nobody can say.
inline bool is_terminal(int descriptor) {
#if __has_include(<unistd.h>)
    return ::isatty(descriptor) != 0;
#else
    return static_cast<void>(descriptor), false;
#endif
}

/// One line that is rewritten while the fit goes on, and wiped in the end: ProgressLine progress(std::cerr). Silent in
/// the first second, and when `descriptor`, the one behind the stream, is not a terminal.
class ProgressLine {
public:
    explicit ProgressLine(std::ostream& out, int descriptor = 2, double delay = 1, double interval = 0.1)
        : out_(&out), shows_(is_terminal(descriptor)), delay_(delay), interval_(interval) {}
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;
    ~ProgressLine() { wipe(); }

    template <Scalar S>
    void operator()(const IterationRecord<S>& record) {
        if (!shows_) return;
        if (record.iteration == 0) wipe(), watch_ = {}, next_ = delay_;
        const double now = watch_.seconds();
        if (now < next_) return;
        next_ = now + interval_;
        *out_ << "\r\x1b[K"
              << text("iteration ", record.iteration, "  value ", record.value, "  relative gradient ",
                      record.relative_gradient, "  ", static_cast<long>(now), " s")
              << std::flush;
        is_written_ = true;
    }

private:
    void wipe() {
        if (is_written_) *out_ << "\r\x1b[K" << std::flush;
        is_written_ = false;
    }

    std::ostream* out_;
    bool shows_, is_written_ = false;
    double delay_, interval_, next_ = 0;
    Stopwatch watch_;
};

/// Stops when the least value so far has not fallen by more than `improvement` times its size in the last `iterations`
/// iterations.
struct EarlyStop {
    double improvement = 1e-6;
    int iterations = 10;

    template <Scalar S>
    Control operator()(const IterationRecord<S>& record) {
        using std::abs, std::min;
        if (record.iteration == 0) least.clear();
        const double value = static_cast<double>(record.value);
        const std::size_t seen = least.size(), window = static_cast<std::size_t>(std::max(iterations, 1));
        least.push_back(seen > 0 ? min(value, least.back()) : value);
        if (seen < window) return Control::proceed;
        const double before = least[seen - window];
        return before - least.back() <= improvement * abs(before) ? Control::stop : Control::proceed;
    }
    std::string reason() const {
        return text("the value fell by no more than ", improvement, " of itself in ", iterations, " iterations");
    }

    std::vector<double> least = {};  ///< not an option: the least value up to each iteration
};

/// Stops when `predicate` says so: StopWhen{[](double value, double gradient_norm, int iteration) { return value < 0.1;
/// }} for any scalar; a lambda over IterationRecord that returns Control does the same for one.
struct StopWhen {
    std::function<bool(double value, double gradient_norm, int iteration)> predicate;
    std::string why = "the user's condition holds";

    template <Scalar S>
    Control operator()(const IterationRecord<S>& record) const {
        return predicate(static_cast<double>(record.value), static_cast<double>(record.gradient_norm), record.iteration)
                   ? Control::stop
                   : Control::proceed;
    }
    std::string reason() const { return why; }
};

/// Stops at the first state that is shown later than so many seconds after the start.
struct TimeLimit {
    double seconds;

    template <Scalar S>
    Control operator()(const IterationRecord<S>& record) {
        if (record.iteration == 0) watch = {};
        return watch.seconds() >= seconds ? Control::stop : Control::proceed;
    }
    std::string reason() const { return text("the time limit of ", seconds, " s is over"); }

    Stopwatch watch = {};  ///< not an option
};

/// While it lives, Ctrl-C (SIGINT) stops the fit, which then returns its best point; a second one ends the program as
/// ever. The handler that was there before comes back in the end. One at a time.
class Interruption {
public:
    Interruption() : before_(std::signal(SIGINT, take)) { is_asked_for_ = 0; }
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;
    ~Interruption() {
        if (before_ != SIG_ERR) std::signal(SIGINT, before_);
    }

    template <Scalar S>
    Control operator()(const IterationRecord<S>&) const {
        return is_asked_for() ? Control::stop : Control::proceed;
    }
    bool is_asked_for() const { return is_asked_for_ != 0; }
    std::string reason() const { return "interrupted (SIGINT)"; }

private:
    static void take(int) {
        is_asked_for_ = 1;
        std::signal(SIGINT, SIG_DFL);
    }

    inline static volatile std::sig_atomic_t is_asked_for_ = 0;
    void (*before_)(int);
};

/// Several observers as one: each sees every record, also one at which another stops, and any may stop. Lvalues are
/// kept by reference, all else by value; a lambda will do.
template <class... Parts>
class Observers {
public:
    explicit Observers(Parts... parts) : parts_(std::forward<Parts>(parts)...) {}

    template <Scalar S>
    Control operator()(const IterationRecord<S>& record) {
        reason_.clear();
        bool stops = false;
        std::apply([&](auto&... part) { ((stops |= shows(part, record)), ...); }, parts_);
        return stops ? Control::stop : Control::proceed;
    }
    /// Of those that stopped the run.
    std::string reason() const { return reason_; }

private:
    template <class Part, Scalar S>
    bool shows(Part& part, const IterationRecord<S>& record) {
        if (!asks_to_stop<Part, S>(part, record)) return false;
        if (!reason_.empty()) reason_ += "; ";
        if constexpr (requires { part.reason(); }) reason_ += part.reason();
        else reason_ += "an observer of the user's own";
        return true;
    }

    std::tuple<Parts...> parts_;
    std::string reason_;
};

template <class... Parts>
Observers(Parts&&...) -> Observers<Parts...>;

}  // namespace gradus
