#pragma once
// Newton's method where one part of the Hessian is known and the rest is learnt.

#include <gradus/line_search/backtracking.hpp>
#include <gradus/solvers/iterative/curvature_system.hpp>
#include <gradus/solvers/observer.hpp>
#include <gradus/solvers/result.hpp>

namespace gradus {

/// x <- x - t (H(x) + A)^-1 grad f(x): H is the Hessian of the part of f that f knows it of, and A, zero at first, is corrected after each step by
/// the symmetric formula of rank one so that it maps the step to the change of the rest of the gradient (structured secant
/// method: Dennis, Gay and Welsch, ACM Trans. Math. Softw. 7 (1981), 348; Nocedal and Wright, Numerical Optimization, 2006, eq. 6.24). Where
/// the rest is small this is as fast as Newton from the start, and superlinear in the end.
///
/// `f.value_parts_hessian(x, gradient, rest, H)` returns f(x), the gradients of the two parts, and H. The full step is shortened by backtracking, so
/// that f never rises; near the optimum, where values no longer tell, full steps are taken for as long as they shrink.
struct StructuredNewton {
    static constexpr const char* name = "structured Newton";
    static constexpr bool wants_equilibrated_coordinates = true;

    int max_iterations = 200;
    double tolerance = 1e-8;  ///< on relative_gradient(), from where on steps are taken until they shrink no longer
    Backtracking line_search = {};

    template <class F, class S, class Observer = NoObserver>
    GRADUS_ONCE Result<S> minimize(const F& f, const Vector<S>& start, Observer&& observer = {}) const {
        using std::abs, std::isfinite, std::max, std::sqrt;
        const Index d = start.size();
        Evaluation<S> at{start, S(0), Vector<S>(d)};
        Result<S> result;
        Vector<S> rest(d), rest_before, step = Vector<S>::Zero(d);
        Matrix<S> H, A = Matrix<S>::Zero(d, d);
        CurvatureSystem<S> system;
        S t(0), size_before(-1);
        int stalled = 0;
        for (;; ++result.iterations) {
            at.value = f.value_parts_hessian(at.x, at.gradient, rest, H);
            add_multiple(S(1), rest, at.gradient);
            ++result.counts.gradients, ++result.counts.hessians;
            const S small = relative_gradient<S>(f, at.x, at.value, at.gradient);
            if (!isfinite(at.value) || !all_finite(at.gradient))
                return finish<S>(f, at, result, Status::non_finite,
                                 text("the objective is ", at.value, " at iteration ", result.iterations,
                                      ", or its gradient is not finite"));
            if (asks_to_stop<Observer, S>(
                    observer, {result.iterations, at.value, max_norm(at.gradient), small, t, at.x, at.gradient}))
                return finish<S>(f, at, result, Status::stopped_by_observer, stop_message(observer));
            if (t > S(0)) learn(step, rest, rest_before, A);
            Matrix<S> B = H;
            for (Index j = 0; j < B.size(); ++j) B.data()[j] += A.data()[j];
            system.factor(B);
            step = system.solve(at.gradient, S(-1));
            S slope = dot(at.gradient, step);
            if (!(slope <= S(0))) {  // rounding, or a bad guess of A
                A.setZero();
                system.factor(H);
                step = system.solve(at.gradient, S(-1));
                slope = dot(at.gradient, step);
            }
            result.rank = system.rank();
            result.decrement = sqrt(max(S(0), S(-slope)));
            const S size = relative_size(at.x, step, system.natural_scale());
            const bool is_near = small <= reachable<S>(tolerance) && size < S(1e-3);
            if (is_near) {
                stalled += size_before >= S(0) && !(size < size_before / S(2));
                if (size <= S(2) * epsilon<S> || stalled >= 3) return done(f, at, result, system, size, small);
                size_before = size_before < S(0) ? size : std::min(size, size_before);
            }
            if (result.iterations == max_iterations) {
                if (is_near) return done(f, at, result, system, size, small);
                return finish<S>(
                    f, at, result, Status::iteration_limit,
                    text("relative gradient ", small, " after max_iterations = ", max_iterations, " steps"));
            }
            t = S(1);
            if (!is_near) {
                auto ray = along<S>(f, at.x, step);
                const StepFound<S> found = line_search.search<S>(ray, at.value, slope, S(1));
                result.counts.ray_points += found.evaluations;
                t = found.step;
                if (t == S(0))
                    return small <= sqrt(epsilon<S>)
                               ? done(f, at, result, system, size, small)
                               : finish<S>(f, at, result, Status::line_search_failed,
                                           text("no step decreases the value; relative gradient ", small));
            }
            for (Index j = 0; j < d; ++j) step[j] *= t;
            add_multiple(S(1), step, at.x);
            rest_before = rest;
        }
    }

private:
    template <class F, class S>
    static Result<S> done(const F& f, Evaluation<S>& at, Result<S>& result, const CurvatureSystem<S>& system,
                          const S& size, const S& small) {
        using std::sqrt;
        const S condition = system.condition();
        result.condition = static_cast<double>(sqrt(condition));
        const double error = static_cast<double>(std::max(size, S(epsilon<S> * sqrt(condition))));
        result.correct_digits = std::clamp(-std::log10(error), 0.0, std::numeric_limits<S>::digits10 + 1.0);
        return finish<S>(f, at, result, Status::converged,
                         text("relative gradient ", small, ", the last step ", size, " of the parameters"));
    }

    // A += r r' / r's, r = change of the rest - A s; parameters that depend on others do not move and are left out
    template <class S>
    static void learn(const Vector<S>& s, const Vector<S>& rest, const Vector<S>& before, Matrix<S>& A) {
        using std::abs;
        Vector<S> r = product<S>(A, s);
        for (Index j = 0; j < r.size(); ++j) r[j] = s[j] == S(0) ? S(0) : S(rest[j] - before[j] - r[j]);
        const S product = dot(r, s), noise = S(1e3) * epsilon<S> * norm(rest);
        if (!(abs(product) > S(1e-8) * norm(r) * norm(s)) || !(norm(r) > noise)) return;
        for (Index j = 0; j < r.size(); ++j)
            for (Index i = 0; i < r.size(); ++i) A(i, j) += r[i] * r[j] / product;
    }

    // largest relative change of a parameter, in units of the scaled system
    template <class S>
    static S relative_size(const Vector<S>& x, const Vector<S>& step, const Vector<S>& scale) {
        using std::abs, std::max;
        S floor(0), largest(0);
        for (Index j = 0; j < x.size(); ++j) floor = max(floor, S(S(1e-6) * abs(x[j]) / scale[j]));
        for (Index j = 0; j < x.size(); ++j) {
            const S size = max(S(abs(x[j])), S(floor * scale[j]));
            if (size > S(0)) largest = max(largest, S(abs(step[j]) / size));
            else if (step[j] != S(0)) largest = max(largest, S(1));
        }
        return largest;
    }
};

}  // namespace gradus
