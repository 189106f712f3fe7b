#pragma once
// What every iterative solver repeats around its own step.

#include <gradus/line_search/step_policy.hpp>
#include <gradus/solvers/observer.hpp>
#include <gradus/solvers/result.hpp>

namespace gradus {

/// The state of a run, and its ends. A solver is a loop over it:
///
///     Descent<S, F, Observer> run(f, start, observer, max_iterations, tolerance);
///     while (run.goes_on()) {
///         d = ... from run.at() ...
///         run.search(policy, d);      // or run.move_by(change, step)
///     }
///     return run.result();
///
/// goes_on() shows the observer where the run stands and ends it when the observer asks for it, when the relative gradient is at most
/// `tolerance`, after `max_iterations` steps, and when value or gradient stop being finite or the value grows a million times beyond the
/// first. The best point seen is what is returned.
template <Scalar S, class F, class Observer>
class Descent {
public:
    Descent(const F& f, const Vector<S>& start, Observer& observer, int max_iterations, double tolerance)
        : f_(&f),
          observer_(&observer),
          max_iterations_(max_iterations),
          tolerance_(reachable<S>(tolerance)),
          at_{start, S(0), {}} {
        evaluate();
        best_ = at_;
        first_ = at_.value;
        using std::isfinite;
        if (!isfinite(at_.value) || !all_finite(at_.gradient))
            end(Status::non_finite,
                text("the objective is ", at_.value, " at the start, or its gradient is not finite"));
    }

    const F& objective() const { return *f_; }
    const Evaluation<S>& at() const { return at_; }
    const Evaluation<S>& previous() const { return previous_; }  ///< x is empty at the start
    const S& last_step() const { return step_; }                 ///< 0 at the start
    int iteration() const { return result_.iterations; }
    Counts& counts() { return result_.counts; }

    bool goes_on() {
        if (is_over_) return false;
        const S small = relative_gradient<S>(*f_, at_.x, at_.value, at_.gradient);
        if (asks_to_stop<Observer, S>(
                *observer_, {iteration(), at_.value, max_norm(at_.gradient), small, step_, at_.x, at_.gradient}))
            return end(Status::stopped_by_observer, stop_message(*observer_));
        if (small <= tolerance_) {
            best_ = at_;
            return end(Status::converged, text("relative gradient ", small, " <= ", tolerance_));
        }
        if (iteration() == max_iterations_)
            return end(Status::iteration_limit, text("relative gradient ", small, " > ", tolerance_,
                                                     " after max_iterations = ", max_iterations_, " steps"));
        return true;
    }

    /// One step along d, as long as the policy says. false: the policy found none, and the run is over.
    template <class Policy>
    bool search(const Policy& policy, const Vector<S>& d) {
        using std::abs;
        Line<S, F> line(*f_, at_, d);
        const StepFound<S> found = policy.choose(line, StepContext<S>{at_, d, previous_, step_, iteration()});
        if (found.step == S(0)) {
            count(line);
            const S slope = line.slope();
            const S reached = step_ > S(0) ? step_ : S(1);
            if (iteration() > 0 && abs(reached * slope) <= S(1000) * epsilon<S> * abs(at_.value)) {
                best_ = at_;
                return end(Status::rounding_floor,
                           text("no step decreases the value by more than its rounding; relative gradient ",
                                relative_gradient<S>(*f_, at_.x, at_.value, at_.gradient)));
            }
            return end(Status::line_search_failed, text("no step along the direction of descent decreases the value "
                                                        "(slope ",
                                                        slope, "): the gradient does not belong to the function"));
        }
        Evaluation<S> next = line.point(found.step);
        count(line);
        take(std::move(next), found.step, found.at_floor);
        return true;
    }

    /// x += change; `step` is what the observer is told.
    void move_by(const Vector<S>& change, const S& step) {
        Evaluation<S> next{at_.x, S(0), {}};
        add_multiple(S(1), change, next.x);
        next.value = value_and_gradient<S>(*f_, next.x, next.gradient);
        ++result_.counts.gradients;
        take(std::move(next), step, false);
    }

    /// To a point that was evaluated elsewhere (and counted). `at_floor`: values no longer tell which point is better; this one is.
    void take(Evaluation<S> next, const S& step, bool at_floor) {
        using std::abs, std::isfinite, std::max;
        previous_ = std::move(at_);
        at_ = std::move(next);
        step_ = step;
        ++result_.iterations;
        if (!isfinite(at_.value) || !all_finite(at_.gradient) || at_.value - first_ > S(1e6) * max(abs(first_), S(1)))
            end(Status::diverged,
                text("the value went from ", first_, " to ", at_.value, " in ", iteration(),
                     iteration() == 1 ? " step of " : " steps, the last of ", step, ": the step is too long"));
        else if (at_.value < best_.value || at_floor) best_ = at_;
    }

    /// Ends the run with the best point. false, so that a condition can return it.
    bool end(Status status, std::string message) {
        status_ = status;
        message_ = std::move(message);
        is_over_ = true;
        return false;
    }
    /// Ends it where it stands.
    bool end_here(Status status, std::string message) {
        best_ = at_;
        return end(status, std::move(message));
    }

    Result<S> result() { return finish<S>(*f_, best_, result_, status_, std::move(message_)); }

private:
    void evaluate() {
        at_.value = value_and_gradient<S>(*f_, at_.x, at_.gradient);
        ++result_.counts.gradients;
    }
    void count(const Line<S, F>& line) {
        result_.counts.gradients += line.evaluations();
        result_.counts.ray_points += line.ray_points();
    }

    const F* f_;
    Observer* observer_;
    int max_iterations_;
    S tolerance_;
    Evaluation<S> at_, previous_, best_;
    S first_{0}, step_{0};
    Result<S> result_;
    Status status_ = Status::iteration_limit;
    std::string message_;
    bool is_over_ = false;
};

}  // namespace gradus
