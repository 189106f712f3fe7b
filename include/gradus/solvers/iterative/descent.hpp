#pragma once
// What every iterative solver repeats around its own step.

#include <gradus/line_search/step_policy.hpp>
#include <gradus/solvers/iterative/no_step.hpp>
#include <gradus/solvers/iterative/relative_change.hpp>
#include <gradus/solvers/solver.hpp>

namespace gradus {

/// When a run ends.
struct Limits {
    int max_iterations;
    double tolerance;  ///< on the relative gradient: see Stationarity
    /// On the change of each parameter in the last step, relative to it.
    double step_tolerance = std::numeric_limits<double>::infinity();
    /// The solver decides itself where it has arrived, and says so by end_here().
    bool ends_itself = false;
    int short_steps = 1;  ///< so many in a row have to be within the step_tolerance
};

/// The state of a run, and its ends. A solver is a loop over it:
///
///     Descent<S, F, Observer> run(f, start, observer, {max_iterations, tolerance});
///     while (run.goes_on()) {
///         d = ... from run.at() ...
///         run.search(policy, d);      // or run.move_by(change, step)
///     }
///     return run.result();
///
/// goes_on() shows the observer where the run stands and ends it when the observer asks for it, when the relative
/// gradient is at most `tolerance` (and, where a `step_tolerance` is given, no parameter moved by a greater share of
/// itself in the last step or steps, or the gradient is down to rounding), after `max_iterations` steps, when value or
/// gradient stop being finite, when the value grows a million times beyond the first, and when it falls without end.
/// The best point seen is what is returned.
template <Scalar S, class F, class Observer>
class Descent {
public:
    Descent(const F& f, const Vector<S>& start, Observer& observer, const Limits& limits)
        : Descent(f, evaluate<S>(f, start), observer, limits) {}
    /// From a point that was evaluated already.
    GRADUS_ONCE Descent(const F& f, Evaluation<S> start, Observer& observer, const Limits& limits)
        : f_(&f),
          observer_(&observer),
          limits_(limits),
          tolerance_(reachable<S>(limits.tolerance)),
          step_tolerance_(reachable<S>(limits.step_tolerance)),
          stationarity_(f),
          at_(std::move(start)) {
        ++result_.counts.gradients;
        best_ = at_;
        first_ = recent_[0] = at_.value;
        first_gradient_ = max_norm(at_.gradient);
        steepest_ = Vector<S>::Zero(at_.x.size());
        see_gradient();
        stationarity_.see(at_);
        relative_ = stationarity_(at_);
        using std::isfinite;
        if (!isfinite(at_.value) || !all_finite(at_.gradient))
            end(Status::non_finite,
                text("the objective is ", at_.value, " at the start, or its gradient is not finite"));
    }

    const F& objective() const { return *f_; }
    const Evaluation<S>& at() const { return at_; }
    const Evaluation<S>& previous() const { return previous_; }  ///< x is empty at the start
    const S& last_step() const { return step_; }                 ///< 0 at the start
    const S& relative_gradient() const { return relative_; }
    S relative_gradient(const Evaluation<S>& point) const { return stationarity_(point); }
    /// The largest curvature of f here is about this.
    void know_curvature(const S& curvature) {
        stationarity_.know_curvature(curvature);
        relative_ = stationarity_(at_);
    }
    /// Whether a decrease of the value by so much stands out of its rounding.
    bool is_visible(const S& decrease) const {
        using std::abs;
        return decrease > S(1e4) * epsilon<S> * abs(at_.value);
    }
    bool is_over() const { return is_over_; }
    bool is_small() const { return relative_gradient() <= tolerance_; }
    const S& tolerance() const { return tolerance_; }
    int iteration() const { return result_.iterations; }
    bool is_at_limit() const { return iteration() >= limits_.max_iterations; }
    Counts& counts() { return result_.counts; }
    Result<S>& so_far() { return result_; }  ///< for what a solver knows beside: decrement, digits, rank

    bool goes_on() {
        if (is_over_) return false;
        if (!show()) return end(Status::stopped_by_observer, stop_message(*observer_));
        if (limits_.ends_itself) return true;
        const S relative = relative_gradient();
        if (relative <= tolerance_ &&
            (is_gradient_rounding() || iteration() == 0 || short_steps_ >= limits_.short_steps))
            return end_here(Status::converged, text("relative gradient ", relative, " <= ", tolerance_));
        has_met_tolerance_ = has_met_tolerance_ || relative <= tolerance_;
        return !ends_at_limit();
    }
    /// Shows the observer where the run stands. false: it asks to stop.
    bool show() {
        Vector<S> scratch;
        const Vector<S>& slope = residual<S>(*f_, at_, scratch);
        return !asks_to_stop<Observer, S>(
            *observer_, {iteration(), at_.value, max_norm(slope), relative_gradient(), step_, at_.x, slope});
    }
    /// Whether no step is left; then the run is over.
    bool ends_at_limit() {
        if (!is_at_limit()) return false;
        const S relative = relative_gradient();
        end(Status::iteration_limit,
            text("relative gradient ", relative,
                 relative <= tolerance_ ? " is small, but the parameters still move" : text(" > ", tolerance_),
                 " after max_iterations = ", limits_.max_iterations, " steps"));
        return true;
    }

    /// One step along d, as long as the policy says. false: the policy found none, and the run is over, unless there is
    /// another direction to be tried.
    template <class Policy>
    bool search(const Policy& policy, const Vector<S>& d, bool is_last_resort = true) {
        Line<S, F> line(*f_, at_, d);
        const StepFound<S> found = find_step(policy, line, is_last_resort);
        if (found.step == S(0)) return false;
        Evaluation<S> next = line.point(found.step);
        count(line);
        take(std::move(next), found.step, found.at_floor);
        if (is_search_along_lines<Policy> && !is_over_ && !found.at_floor) watch_searches();
        return true;
    }

    /// The policy's step along a line from at(), not taken. 0: there is none, and the run is over (see search). What
    /// the line cost otherwise is for count().
    template <class Policy>
    StepFound<S> find_step(const Policy& policy, Line<S, F>& line, bool is_last_resort = true) {
        const auto choose = [&] {
            return policy.choose(
                line, StepContext<S>{at_, line.direction(), previous_, step_, iteration(), recent_largest(), noise_});
        };
        StepFound<S> found = choose();
        if (found.step == S(0) && has_seen_noise(line.direction())) found = choose();
        if (found.is_endless) {
            count(line);
            end(Status::unbounded,
                text("the value falls without end along the direction of step ", iteration() + 1,
                     ", as steeply after a step of ", found.step, " as at its beginning"),
                Cause::unbounded);
            return {S(0), found.evaluations, false};
        }
        if (found.step != S(0)) return found;
        count(line);
        if (is_last_resort) has_no_step(line.direction(), line.slope());
        return found;
    }
    /// The same after a step of Newton's, which is to lead to the optimum: one that x cannot follow has nowhere to go.
    /// So ends an intercept of 1e10 whose gradient is the rounding of that.
    bool has_no_newton_step(const Vector<S>& d, const S& slope) {
        using std::abs;
        bool is_lost = true;
        for (Index j = 0; j < d.size(); ++j) is_lost = is_lost && abs(d[j]) <= S(4) * epsilon<S> * abs(at_.x[j]);
        if (!is_lost) return has_no_step(d, slope);
        return end_here(Status::rounding_floor,
                        text("the next step would change no parameter by more than its rounding; relative gradient ",
                             relative_gradient()));
    }
    /// No step along d, of this slope, decreases the value: the run is over, and says why.
    bool has_no_step(const Vector<S>& d, const S& slope) {
        if (iteration() > 0 && has_met_tolerance_)
            return end_here(
                Status::rounding_floor,
                text("no step decreases the value by more than its rounding; relative gradient ", relative_gradient()));
        return end_as(explain_no_step<S>(*f_, at_, d, slope, relative_gradient()), "");
    }
    void count(const Line<S, F>& line) {
        result_.counts.gradients += line.evaluations();
        result_.counts.ray_points += line.ray_points();
    }

    /// x += change; `step` is what the observer is told.
    void move_by(const Vector<S>& change, const S& step) {
        Vector<S> x = at_.x;
        add_multiple(S(1), change, x);
        move_to(std::move(x), step);
    }
    void move_to(Vector<S> x, const S& step) {
        Evaluation<S> next = evaluate<S>(*f_, std::move(x));
        ++result_.counts.gradients;
        take(std::move(next), step, false);
    }

    /// To a point that was evaluated elsewhere (and counted). `at_floor`: values no longer tell which point is better;
    /// this one is.
    void take(Evaluation<S> next, const S& step, bool at_floor) {
        using std::isfinite;
        previous_ = std::move(at_);
        at_ = std::move(next);
        step_ = step;
        ++result_.iterations;
        if (iteration() == 1) first_size_ = std::max(max_norm(at_.x), max_norm(previous_.x));
        recent_[iteration() % recent_count] = at_.value;
        see_gradient();
        stationarity_.see(at_);
        relative_ = stationarity_(at_);
        if (relative_ <= tolerance_) {
            result_.counts.gradients += stationarity_.confirm(at_);
            relative_ = stationarity_(at_);
        }
        short_steps_ = relative_ <= tolerance_ && last_change() <= step_tolerance_ ? short_steps_ + 1 : 0;
        if (at_.value == -std::numeric_limits<S>::infinity() || falls_without_end())
            end(Status::unbounded,
                text("the value fell from ", first_, " to ", at_.value, " in ", iteration(),
                     " steps, the parameters grew to ", max_norm(at_.x),
                     ", and it falls no more slowly than at the start"),
                Cause::unbounded);
        else if (isfinite(at_.value) && at_.value <= first_ && !all_finite(at_.gradient))
            end(Status::diverged,
                text("the gradient is not finite after step ", iteration(), ", where the value is ", at_.value,
                     ": the run ended at the edge of the domain"),
                Cause::edge_of_domain);
        else if (!isfinite(at_.value) || !all_finite(at_.gradient) || at_.value - first_ > S(1e6) * unit_of_values())
            end(Status::diverged,
                text("the value went from ", first_, " to ", at_.value, " in ", iteration(),
                     iteration() == 1 ? " step of " : " steps, the last of ", step, ": the step is too long"));
        if (isfinite(at_.value) && all_finite(at_.gradient) && (at_.value < best_.value || at_floor)) best_ = at_;
        if (at_floor) watch_floor();
    }

    /// Ends the run with the best point. false, so that a condition can return it.
    bool end(Status status, std::string message, Cause cause = Cause::none) {
        status_ = status;
        message_ = std::move(message);
        result_.cause = cause;
        is_over_ = true;
        return false;
    }
    /// Ends it where it stands.
    bool end_here(Status status, std::string message) {
        best_ = at_;
        return end(status, std::move(message));
    }

    Result<S> result() {
        const S relative = stationarity_(best_);
        if constexpr (CompositeObjective<F, S>) {
            Vector<S> scratch;
            best_.gradient = residual<S>(*f_, best_, scratch);
        }
        return finish<S>(best_, relative, result_, status_, std::move(message_));
    }

private:
    // Whether values err by more than searches have taken for granted: f at x and some roundings of x further along d.
    // Small values that are differences of large ones err by more than their own rounding: at 3e-9 Watson's function in
    // 12 dimensions by 5e-11 of it.
    GRADUS_ONCE bool has_seen_noise(const Vector<S>& d) {
        using std::abs, std::sqrt;
        const S rounding = S(2) * epsilon<S> * max_norm(at_.x) / max_norm(d);
        S largest(0);
        for (int i = 1; i <= 8; ++i) {
            Vector<S> x = at_.x;
            add_multiple(S(S(i) * rounding), d, x);
            largest = std::max(largest, S(abs(S(gradus::value<S>(*f_, x) - at_.value))));
        }
        result_.counts.values += 8;
        const S noise = S(10) * largest, known = std::max(noise_, S(S(1e4) * epsilon<S> * abs(at_.value)));
        if (!(noise > known && noise < sqrt(epsilon<S>) * abs(at_.value))) return false;  // more is a jump
        noise_ = noise;
        return true;
    }
    // Down to rounding, each component beside its own largest: on Powell's badly scaled function, where one is 10^10
    // times the other, conjugate gradients ended at 7.1 instead of 9.1.
    bool is_gradient_rounding() const {
        using std::abs;
        if (!(relative_ <= S(64) * epsilon<S>)) return false;
        for (Index j = 0; !stationarity_.knows_itself() && j < at_.x.size(); ++j)
            if (abs(at_.gradient[j]) > S(64) * epsilon<S> * steepest_[j]) return false;
        return true;
    }
    void see_gradient() {
        using std::abs;
        for (Index j = 0; j < steepest_.size(); ++j)
            if (abs(at_.gradient[j]) > steepest_[j]) steepest_[j] = abs(at_.gradient[j]);
    }
    S recent_largest() const {
        S largest = recent_[0];
        for (int i = 1; i < recent_count && i <= iteration(); ++i)
            if (recent_[i] > largest) largest = recent_[i];
        return largest;
    }
    // by how much values change in the neighbourhood of the start: up to the first step, or to zero
    S unit_of_values() const {
        using std::abs;
        return std::max(S(abs(first_)), S(first_gradient_ * first_size_));
    }
    // A function that has a minimum gets flatter on the way to it. One that is as steep after parameters have grown
    // beyond all measure as it was at the start has none to be found.
    bool falls_without_end() {
        using std::ldexp;
        const S far = ldexp(first_size_, std::min(128, std::numeric_limits<S>::max_exponent / 4));
        return max_norm(at_.x) > far && at_.value < previous_.value &&
               max_norm(at_.gradient) >= S(0.5) * first_gradient_;
    }
    // Where values tell nothing, the gradient does, until it is all rounding: then the run would go on for ever.
    void watch_floor() {
        const S relative = relative_gradient();
        if (flattest_.x.size() == 0 || relative < flattest_gradient_) {
            flattest_ = at_;
            flattest_gradient_ = relative;
            idle_ = 0;
        } else if (++idle_ == most_idle()) {
            at_ = flattest_;
            relative_ = flattest_gradient_;
            end_at_floor(idle_);
        }
    }
    // steps of solvers with curvature, which end themselves, are dear and few
    int most_idle() const { return limits_.ends_itself ? 100 : 1000; }
    // A search whose steps lead to no lower value and no smaller gradient moves in the noise of both. That is larger
    // than the rounding of the value where parameters are so large that the rounding of eta is: 4e11 on two columns
    // that differ by 1e-12.
    void watch_searches() {
        const S relative = relative_gradient();
        if (at_.value < lowest_ || relative < least_gradient_ || iteration() == 1) {
            lowest_ = std::min(iteration() == 1 ? first_ : lowest_, at_.value);
            least_gradient_ = iteration() == 1 ? relative : std::min(least_gradient_, relative);
            fruitless_ = 0;
        } else if (++fruitless_ == 1000) {
            at_ = best_;
            relative_ = stationarity_(at_);
            end_at_floor(fruitless_);
        }
    }
    void end_at_floor(int steps) {
        const S relative = relative_gradient();
        const std::string idle =
            text(": no smaller one in ", steps, " steps, in which the value changed by no more than its rounding");
        if constexpr (!CompositeObjective<F, S>) {
            const Vector<S> d = -at_.gradient;
            return void(end_as(explain_no_step<S>(*f_, at_, d, dot(at_.gradient, d), relative), idle));
        }
        end_here(Status::rounding_floor, text("relative gradient ", relative, idle));
    }
    // An objective that knows what its gradient is to be compared with is not taken at its values' word where the
    // gradient says otherwise.
    bool end_as(const NoStep<S>& why, const std::string& more) {
        using std::sqrt;
        if (!is_success(why.status)) return end(why.status, text(why.message, more), why.cause);
        if (stationarity_.knows_itself() && relative_gradient() > S(10) * sqrt(epsilon<S>))
            return end(Status::line_search_failed,
                       text(why.message, more, ", which is far from none: the values are too noisy here"),
                       Cause::rounding_floor);
        return end_here(why.status, text(why.message, more));
    }
    S last_change() const {
        if (previous_.x.size() == 0) return S(0);
        return relative_change<S>(at_.x, at_.x - previous_.x);
    }

    const F* f_;
    Observer* observer_;
    Limits limits_;
    S tolerance_, step_tolerance_;
    Stationarity<S, F> stationarity_;
    Evaluation<S> at_, previous_, best_, flattest_;
    static constexpr int recent_count = 10;
    S first_{0}, first_gradient_{0}, step_{0},
        recent_[recent_count] = {};  // values by iteration, the oldest overwritten
    S relative_{0}, first_size_{0}, flattest_gradient_{0};
    S lowest_{0}, least_gradient_{0};  // of all steps that a search found
    Vector<S> steepest_;               // the largest that each component of the gradient was
    S noise_{0};                       // of values, as has_seen_noise() found it
    int idle_ = 0, fruitless_ = 0, short_steps_ = 0;
    Result<S> result_;
    Status status_ = Status::iteration_limit;
    std::string message_;
    bool is_over_ = false, has_met_tolerance_ = false;
};

}  // namespace gradus
