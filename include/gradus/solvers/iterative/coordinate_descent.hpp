#pragma once
// Coordinate descent for functions with corners: a proximal Newton method.

#include <gradus/solvers/iterative/descent.hpp>
#include <gradus/solvers/iterative/elastic_quadratic.hpp>
#include <gradus/solvers/iterative/group_quadratic.hpp>
#include <gradus/solvers/iterative/separable_quadratic.hpp>

#include <type_traits>
#include <utility>

namespace gradus {

/// For templates that learn S from other arguments.
template <Scalar S>
using HessianView = std::type_identity_t<ConstMatrixView<S>>;

/// The parts that are sums of functions of few parameters each, and who minimises a parabola plus such a part.
template <Scalar S>
ElasticQuadratic<S> quadratic_with(const ElasticPart<S>& part, const HessianView<S>& H, const Evaluation<S>& at,
                                   const S& mu) {
    return {H, part, at.x, at.gradient, mu};
}
template <Scalar S>
SeparableQuadratic<S> quadratic_with(const SeparablePart<S>& part, const HessianView<S>& H, const Evaluation<S>& at,
                                     const S& mu) {
    return {H, part, at.x, at.gradient, mu};
}

template <Scalar S>
GroupQuadratic<S> quadratic_with(const GroupPart<S>& part, const HessianView<S>& H, const Evaluation<S>& at,
                                 const S& mu) {
    return {H, part, at.x, at.gradient, mu};
}

/// What coordinate descent asks for: a smooth part with second derivatives, and one of single parameters or groups.
template <class F, class S = double>
concept SeparableObjective = CompositeObjective<F, S> &&
    requires(const F& f, const Matrix<S>& H, const Evaluation<S>& at, const S& mu) {
    requires TwiceDifferentiable<std::remove_cvref_t<decltype(f.smooth())>, S>;
    quadratic_with(f.corner(), H, at, mu);
};
struct NeedsSeparableObjective {
    template <class F, class S>
    static constexpr bool is_met = SeparableObjective<F, S>;
    template <class F, class S>
    static constexpr void check() {
        static_assert(is_met<F, S>, "gradus: CoordinateDescent is for a smooth function with second derivatives plus "
                                    "an ElasticPart, a SeparablePart or a GroupPart (of models: a penalty of single "
                                    "coefficients, or of groups); use FISTA for other corners");
    }
};

/// For F = f + g, f smooth and convex, g a sum of functions of one parameter, or of one group of them, each:
///
///     x_{k+1} = argmin_z  grad f(x_k)'(z - x_k) + (z - x_k)'(H(x_k) + mu I)(z - x_k) / 2 + g(z)
///
/// (proximal Newton: Lee, Sun and Saunders, SIAM J. Optim. 24 (2014), 1420), the right side by ElasticQuadratic for
/// absolute values and squares, by GroupQuadratic for lengths of groups, by SeparableQuadratic for others. mu is zero
/// unless F falls by less than a tenth of what the parabola promised, or it promised nothing far from the optimum: then
/// it grows tenfold until F does fall, and becomes a tenth with each step from there (Levenberg and Marquardt). For
/// squared loss one step arrives; for others the last ones converge quadratically, with zeros that are exactly zero.
///
/// Stops when no component of -grad f(x) is further than `tolerance` from the subdifferential, as a share of what a
/// gradient is far from the optimum; with `refines` only when steps do not bring it nearer any more, which costs one or
/// two more and gives all digits. A model with many features, or without `refines`, is solved on working sets of them,
/// and where its duality gap is known, `tolerance` is on that, as a share of the loss of the best constant.
///
/// Per step at most one Hessian, O(d^2) for each sweep over the coordinates, and O(s^3 / 3) for a support of s; three
/// times d^2 numbers.
struct CoordinateDescent {
    static constexpr const char* name = "CoordinateDescent";
    using Needs = NeedsSeparableObjective;
    static constexpr SolverTraits traits{
        .takes_any_coordinates = true, .builds_curvature = true, .takes_corners = true};

    int max_iterations = 1000;
    double tolerance = 1e-8;
    bool refines = true;
    Index working_set = 200;  ///< the least number of features that are worked on at a time

    template <class F, class Derived, class Observer = NoObserver>
    auto minimize(const F& f, const Eigen::MatrixBase<Derived>& start, Observer&& observer = {}) const {
        return minimise(*this, f, start, observer);
    }

    template <class S, class F, class Observer>
    GRADUS_ONCE Result<S> run(const F& f, const Vector<S>& start, Observer& observer) const {
        Descent<S, F, Observer> run(f, evaluate<S>(f, start), observer, {max_iterations, tolerance, 0, true});
        Curvature<S> H;
        S mu(0);
        while (run.goes_on()) {
            const S relative = run.relative_gradient();
            if (run.is_small() && (!refines || relative <= S(64) * epsilon<S> || run.is_at_limit())) {
                run.end_here(Status::converged, text("relative gradient ", relative, " <= ", run.tolerance()));
                break;
            }
            if (run.ends_at_limit() || !advance(run, H, mu)) break;
        }
        if (refines && run.is_small()) note_digits(run, H);
        return run.result();
    }

private:
    template <class F>
    static bool has_constant_hessian(const F& f) {
        if constexpr (requires { f.has_constant_hessian(); }) return f.has_constant_hessian();
        else return static_cast<void>(f), false;
    }

    // The Hessian where the run stands, or before, while steps of that one still bring the gradient nearer to the
    // subdifferential tenfold; computed when a step is made of it.
    template <class S>
    struct Curvature {
        template <class Run>
        ConstMatrixView<S> at(Run& run) {
            const auto& f = run.objective().smooth();
            if constexpr (requires { f.constant_hessian(); }) return f.constant_hessian();
            else {
                if (is_known) return H;
                f.hessian(run.at().x, H);
                ++run.counts().hessians;
                is_known = true;
                return H;
            }
        }
        template <class Run>
        void moves(const Run& run, const Evaluation<S>& to) {
            const auto& f = run.objective().smooth();
            is_known =
                is_known && (has_constant_hessian(f) || run.relative_gradient(to) < run.relative_gradient() / S(10));
            is_old = is_known && !has_constant_hessian(f);
        }
        /// false: it is that of this point already
        bool renews() {
            is_known = is_known && !is_old;
            return std::exchange(is_old, false);
        }
        Matrix<S> H;
        bool is_known = false, is_old = false;
    };

    // one step that F falls by, or the end
    template <class Run, class S>
    GRADUS_ONCE bool advance(Run& run, Curvature<S>& curvature, S& mu) const {
        using std::abs, std::isfinite;
        const auto& f = run.objective();
        bool is_noise = false;  // what the last parabola promised
        for (int trial = 0; trial < 100; ++trial) {
            const ConstMatrixView<S> H = curvature.at(run);
            const Evaluation<S>& at = run.at();
            auto model = quadratic_with(f.corner(), H, at, mu);
            if constexpr (requires { model.round_moves_to(*f.smooth().rounded_hessian()); })
                if (const Matrix<float>* rounded = f.smooth().rounded_hessian()) model.round_moves_to(*rounded);
            const Vector<S>& x =
                model.minimise(refines ? 2000 : 100, allowed<S>(run, has_constant_hessian(f.smooth())));
            const S expected = model.change();
            is_noise = false;
            if (all_finite(x) && isfinite(expected)) {
                Evaluation<S> next = evaluate<S>(f, x);
                ++run.counts().gradients;
                const bool is_finite = isfinite(next.value) && all_finite(next.gradient);
                // a step that leads far up is too long, however little the parabola promised beside the value there
                const S size = abs(at.value) + std::min(S(abs(at.value)), S(abs(next.value)));
                is_noise = is_finite && abs(expected) <= S(10) * epsilon<S> * size;
                if (is_noise && (is_near(run) || run.relative_gradient(next) < run.relative_gradient() / S(2)))
                    return end_game(run, std::move(next), curvature);
                if (is_finite && !is_noise && next.value - at.value <= S(0.1) * expected) {
                    mu = mu > S(1e-8) * largest_diagonal<S>(H) ? S(mu / S(10)) : S(0);
                    curvature.moves(run, next);
                    run.take(std::move(next), S(1), false);
                    return true;
                }
            }
            // far from an optimum a parabola that promises nothing is flat: Huber's, where all residuals exceed delta
            if (curvature.renews()) continue;
            const S diagonal = largest_diagonal<S>(H);
            mu = mu > S(0) ? S(S(10) * mu) : S(S(1e-3) * (diagonal > S(0) ? diagonal : S(1)));
        }
        if (is_noise)
            return run.end(Status::line_search_failed, "the values are too noisy here", Cause::rounding_floor);
        return run.end(Status::line_search_failed, "no step is short enough for the function to fall as its parabola",
                       Cause::non_finite);
    }

    template <class Run>
    static bool is_near(const Run& run) {
        using std::sqrt;
        using S = std::remove_cvref_t<decltype(run.relative_gradient())>;
        return run.is_small() || run.relative_gradient() <= S(10) * sqrt(epsilon<S>);
    }

    // Where the end is not to be the last digit, neither are the steps: half of the tolerance is enough for a parabola
    // that is the function itself, and a hundredth of where one stands for one that is near it.
    template <class S, class Run>
    Vector<S> allowed(const Run& run, bool is_constant) const {
        if constexpr (requires { run.objective().gradient_scale(); }) {
            if (refines) return {};
            const S enough = run.tolerance() / S(2);
            return run.objective().gradient_scale() *
                   (is_constant ? enough : std::max(enough, S(run.relative_gradient() / S(100))));
        } else {
            return static_cast<void>(run), static_cast<void>(is_constant), Vector<S>();
        }
    }

    // values do not tell any more which point is better; the distance to the subdifferential does
    template <class Run, class S>
    GRADUS_ONCE static bool end_game(Run& run, Evaluation<S> next, Curvature<S>& curvature) {
        using std::sqrt;
        const S before = run.relative_gradient(), after = run.relative_gradient(next);
        if (after < before) {
            curvature.moves(run, next);
            run.take(std::move(next), S(1), true);
            if (after < before / S(2)) return true;
        }
        if (curvature.renews()) return true;
        if (run.is_small())
            return run.end_here(Status::converged,
                                text("relative gradient ", run.relative_gradient(), " <= ", run.tolerance()));
        if (!is_near(run))
            return run.end(Status::line_search_failed, "the values are too noisy here", Cause::rounding_floor);
        return run.end_here(Status::rounding_floor, text("no step brings the gradient nearer to the subdifferential: "
                                                         "relative ",
                                                         run.relative_gradient()));
    }

    // by how much one more step would change the largest parameters
    template <class Run, class S>
    GRADUS_ONCE static void note_digits(Run& run, Curvature<S>& curvature) {
        const Evaluation<S>& at = run.at();
        auto model = quadratic_with(run.objective().corner(), curvature.at(run), at, S(0));
        const Vector<S>& x = model.minimise();
        const S size = max_norm(x), change = max_distance(x.data(), at.x.data(), x.size());
        if (size > S(0))
            run.so_far().correct_digits = std::clamp(-std::log10(static_cast<double>(S(change / size))), 0.0,
                                                     std::numeric_limits<S>::digits10 + 1.0);
    }

    template <class S>
    static S largest_diagonal(const HessianView<S>& H) {
        S largest(0);
        for (Index j = 0; j < H.cols(); ++j) largest = std::max(largest, S(H(j, j)));
        return largest;
    }
};

}  // namespace gradus
