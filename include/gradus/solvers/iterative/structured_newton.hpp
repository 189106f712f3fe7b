#pragma once
// Newton's method where one part of the Hessian is known and the rest is learnt.

#include <gradus/line_search/backtracking.hpp>
#include <gradus/solvers/iterative/curvature_system.hpp>
#include <gradus/solvers/iterative/descent.hpp>

namespace gradus {

/// x <- x - t (H(x) + A)^-1 grad f(x): H is the Hessian of the part of f that f knows it of, and A, zero at first, is
/// corrected after each step by the symmetric formula of rank one so that it maps the step to the change of the rest of
/// the gradient (structured secant method: Dennis, Gay and Welsch, ACM Trans. Math. Softw. 7 (1981), 348; Nocedal and
/// Wright, Numerical Optimization, 2006, eq. 6.24). Where the rest is small this is as fast as Newton from the start,
/// and superlinear in the end.
///
/// `f.value_parts_hessian(x, gradient, rest, H)` returns f(x), the gradients of the two parts, and H. The full step is
/// shortened by backtracking, so that f never rises; near the optimum, where values no longer tell, full steps are
/// taken for as long as they shrink.
struct StructuredNewton {
    static constexpr const char* name = "structured Newton";
    static constexpr SolverTraits traits{.takes_any_coordinates = true, .builds_curvature = true};

    int max_iterations = 200;
    double tolerance = 1e-8;  ///< on the relative gradient: see Stationarity, from where on steps are taken until they
                              ///< shrink no longer
    Backtracking line_search = {};

    template <class F, class S, class Observer = NoObserver>
    GRADUS_ONCE Result<S> minimize(const F& f, const Vector<S>& start, Observer&& observer = {}) const {
        Vector<S> rest, rest_before, step;
        Matrix<S> H, A = Matrix<S>::Zero(start.size(), start.size());
        CurvatureSystem<S> system;
        using Run = Descent<S, F, std::remove_reference_t<Observer>>;
        Run run(f, evaluate(f, start, rest, H), observer, {max_iterations, tolerance, 0, true});
        ++run.counts().hessians;
        S size_before(-1);
        for (int stalled = 0; run.goes_on();) {
            const Evaluation<S>& at = run.at();
            if (run.iteration() > 0) learn(step, rest, rest_before, A);
            const S slope = direction(system, H, A, at.gradient, step);
            note(run, system, slope);
            const S size = relative_change(at.x, step, system.natural_scale());
            const bool is_near = run.is_small() && size < S(1e-3);
            if (is_near) {
                stalled += size_before >= S(0) && !(size < size_before / S(2));
                if (size <= S(2) * epsilon<S> || stalled >= 3 || run.is_at_limit()) {
                    end(run, H, size);
                    break;
                }
                size_before = size_before < S(0) ? size : std::min(size, size_before);
            }
            if (run.ends_at_limit()) break;
            const S t = is_near ? S(1) : length_of(run, step, slope);
            if (t == S(0)) {
                using std::sqrt;
                if (run.relative_gradient() <= sqrt(epsilon<S>) && size < S(1e-3)) end(run, H, size);
                else run.has_no_newton_step(step, slope);
                break;
            }
            for (Index j = 0; j < step.size(); ++j) step[j] *= t;
            Vector<S> x = at.x;
            add_multiple(S(1), step, x);
            rest_before = rest;
            Evaluation<S> next = evaluate(f, x, rest, H);
            ++run.counts().gradients, ++run.counts().hessians;
            run.take(std::move(next), t, is_near);
        }
        return run.result();
    }

private:
    template <class F, class S>
    static Evaluation<S> evaluate(const F& f, const Vector<S>& x, Vector<S>& rest, Matrix<S>& H) {
        Evaluation<S> at{x, S(0), Vector<S>(x.size())};
        at.value = f.value_parts_hessian(at.x, at.gradient, rest, H);
        add_multiple(S(1), rest, at.gradient);
        return at;
    }

    // step = -(H + A)^-1 gradient, and its slope
    template <class S>
    static S direction(CurvatureSystem<S>& system, const Matrix<S>& H, Matrix<S>& A, const Vector<S>& gradient,
                       Vector<S>& step) {
        Matrix<S> B = H;
        add_multiple(S(1), A.data(), B.data(), B.size());
        system.factor(B);
        step = system.solve(gradient, S(-1));
        if (!(dot(gradient, step) <= S(0))) {  // rounding, or a bad guess of A
            A.setZero();
            system.factor(H);
            step = system.solve(gradient, S(-1));
        }
        return dot(gradient, step);
    }

    template <class Run, class S>
    static void note(Run& run, const CurvatureSystem<S>& system, const S& slope) {
        using std::sqrt;
        run.so_far().rank = system.rank();
        run.so_far().decrement = sqrt(std::max(S(0), S(-slope)));
    }

    template <class Run, class S>
    S length_of(Run& run, const Vector<S>& step, const S& slope) const {
        auto ray = along<S>(run.objective(), run.at().x, step);
        const StepFound<S> found = line_search.search<S>(ray, run.at().value, slope, S(1));
        run.counts().ray_points += found.evaluations;
        return found.step;
    }

    // How far the optimum is, the step of H says as well: what was learnt of the rest may be wrong in weak directions,
    // and four digits of fourteen claimed by the last step alone were not there.
    template <class Run, class S>
    static void end(Run& run, const Matrix<S>& H, const S& size) {
        using std::sqrt;
        CurvatureSystem<S> system;
        system.factor(H);
        const S condition = system.condition(),
                known = relative_change(run.at().x, system.solve(run.at().gradient), system.natural_scale());
        run.so_far().condition = static_cast<double>(sqrt(condition));
        const S error = std::max({size, known, S(S(4) * epsilon<S> * sqrt(condition))});
        const bool resolves = epsilon<S> * condition < S(0.01);
        run.so_far().correct_digits =
            resolves ? std::clamp(-std::log10(static_cast<double>(error)), 0.0, std::numeric_limits<S>::digits10 + 1.0)
                     : 0.0;
        run.end_here(Status::converged, text("relative gradient ", run.relative_gradient(), ", the last step ", size,
                                             " of the parameters"));
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
};

}  // namespace gradus
