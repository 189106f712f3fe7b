#pragma once
// Which steps are stable, which is best, and how many of them it takes.

#include <gradus/core/errors.hpp>
#include <gradus/numeric/eigenvalue_bound.hpp>
#include <gradus/objectives/objective.hpp>

#include <cmath>
#include <ostream>
#include <vector>

namespace gradus {

/// What a bound of the curvature rests on.
enum class CurvatureProof {
    none,      ///< nothing is proven: the objective has neither a Hessian nor a bound of its own
    loss,      ///< the largest curvature of the loss times the largest eigenvalue of X'X / n: holds everywhere
    cholesky,  ///< bound I - H(x) was factored: holds at x
};

/// Where fixed-step descent is after k steps, if f is the quadratic that it looks like at the start.
struct DescentForecast {
    double value, gradient_norm;  ///< Euclidean norm
    double relative_gradient;     ///< what solvers compare with their tolerance: see Stationarity
};

/// The curvature of f at x, and what it means for the step t of x <- x - t grad f(x). On a quadratic with eigenvalues
/// in [mu, L] this converges for 0 < t < 2/L and for no other; each step multiplies the error by at most max(|1 - t L|,
/// |1 - t mu|), which is least for t = 2 / (L + mu) (Nesterov, Lectures on Convex Optimization, 2018, theorem 2.1.15).
/// All in the coordinates of f, and in double. -1: not known.
struct LearningRateReport {
    double largest_curvature = -1;  ///< L, the largest |eigenvalue| of the Hessian: Lanczos, to 1e-4
    double largest_error = -1;      ///< an eigenvalue lies within this of it
    double proven_bound = -1;       ///< no eigenvalue is larger
    CurvatureProof proof = CurvatureProof::none;
    double row_bound = -1;          ///< the largest curvature of the function of a single row: SAGA's step is 1 / (3
                                    ///< row_bound), SGD's below 1 / row_bound
    double smallest_curvature = 0;  ///< mu, which may be negative; beside L no smaller than rounding shows
    double smallest_error = 0;
    /// Condition number with each parameter scaled so that the diagonal of H is one: what scaling alone would do. -1:
    /// not known.
    double scaled_condition_number = -1;

    Eigen::VectorXd steepest;                ///< unit eigenvector of L
    std::vector<Index> steepest_parameters;  ///< those that make up 90 % of its square, the largest first

    Eigen::VectorXd curvatures, weights;  ///< the spectrum that this start sees: nodes and weights of Gauss quadrature
    Eigen::MatrixXd modes;  ///< their eigenvectors, d x m, turned so that the gradient has positive parts along them
    Eigen::VectorXd x, gradient_scale;
    double value = 0, gradient_norm = 0;            ///< at x; Euclidean
    int gradients = 0, hessians = 0, products = 0;  ///< work done: evaluations of f

    bool known() const { return largest_curvature >= 0; }
    bool is_convex_here() const { return smallest_curvature >= -smallest_error; }
    /// L / mu; infinity when H is singular up to rounding, or indefinite.
    double condition_number() const {
        return smallest_curvature > smallest_error ? largest_curvature / smallest_curvature : infinity();
    }
    /// 2 / L: steps in (0, this) converge.
    double stable_step() const { return 2 / largest_curvature; }
    /// 2 / (L + mu).
    double best_step() const { return 2 / (largest_curvature + std::max(smallest_curvature, 0.0)); }
    /// Steps of this length never diverge, wherever they lead: 2 / proven_bound. -1 where the proof holds at x alone.
    double safe_step() const { return proof == CurvatureProof::loss ? 2 / proven_bound : -1; }

    /// |grad f| after k steps of length t: |g|^2 sum_i weights_i (1 - t curvatures_i)^(2 k), Gauss quadrature of the
    /// spectral measure of g (Golub and Meurant, Matrices, Moments and Quadrature with Applications, 2010, ch. 6):
    /// exact for k < m, and for all k once the start's Krylov space is exhausted.
    double predicted_gradient_norm(double step, double k) const {
        double sum = 0;
        for (Index i = 0; i < weights.size(); ++i) sum += weights[i] * std::pow(shrink(step, i, k), 2);
        return gradient_norm * std::sqrt(sum);
    }

    /// The same with value and relative gradient.
    DescentForecast forecast(double step, double k) const {
        Eigen::VectorXd at = x;
        double reached = value;
        for (Index i = 0; i < weights.size(); ++i) {
            const double part = gradient_norm * std::sqrt(weights[i]), left = shrink(step, i, k), c = curvatures[i];
            const bool is_flat = std::abs(c) * step * k < 1e-8;
            const double way = is_flat ? step * k : (1 - left) / c;  // the sum of step (1 - step c)^j, j < k
            for (Index j = 0; j < x.size(); ++j) at[j] -= part * way * modes(j, i);
            reached -= part * part * way * (1 + left) / 2;
        }
        const Eigen::VectorXd g = gradient(step, k, 0);
        return {reached, norm<double>(g), relative_gradient(step, k, at, g)};
    }

    /// Steps of length t until the relative gradient is at most `tolerance`; infinity when never (or not in 10^15).
    /// Counts on f being the quadratic that it looks like at x. O(d m) for each of some hundred forecasts.
    double predicted_iterations(double step, double tolerance) const {
        if (!known() || !(step > 0) || !(step < stable_step())) return infinity();
        const auto arrived = [&](double k) { return forecast(step, k).relative_gradient <= tolerance; };
        if (arrived(0)) return 0;
        double low = 0, high = 1;
        while (!arrived(high)) {
            low = high;
            high *= 2;
            if (!(high < 1e15)) return infinity();
        }
        while (high - low > 1) {
            const double middle = std::floor((low + high) / 2);
            (arrived(middle) ? high : low) = middle;
        }
        return high;
    }

    /// f(x) minus the least value that this start can reach: half the squared Newton decrement. Infinity when the
    /// quadratic has no minimum.
    double predicted_decrease() const {
        double sum = 0;
        for (Index i = 0; i < weights.size(); ++i) {
            const double part = gradient_norm * gradient_norm * weights[i];
            if (curvatures[i] > smallest_error) sum += part / curvatures[i] / 2;
            else if (weights[i] > 1e-12) return infinity();
        }
        return sum;
    }

private:
    // H^power times the gradient after k steps
    Eigen::VectorXd gradient(double step, double k, int power) const {
        Eigen::VectorXd out(x.size());
        for (Index j = 0; j < x.size(); ++j) out[j] = 0;
        for (Index i = 0; i < weights.size(); ++i) {
            const double part =
                gradient_norm * std::sqrt(weights[i]) * shrink(step, i, k) * std::pow(curvatures[i], power);
            for (Index j = 0; j < x.size(); ++j) out[j] += part * modes(j, i);
        }
        return out;
    }
    // As solvers measure it: see Stationarity. The curvature that a function shows them is that along their last three
    // steps.
    double relative_gradient(double step, double k, const Eigen::VectorXd& at, const Eigen::VectorXd& g) const {
        double largest = 0;
        if (gradient_scale.size() == 0) {
            for (double last = k - 1; last >= std::max(k - 3, 0.0); --last)
                largest = std::max(largest, max_norm<double>(gradient(step, last, 1)) /
                                                max_norm<double>(gradient(step, last, 0)));
            const double size = max_norm<double>(g), unit = largest * max_norm<double>(at);
            return unit > 0 ? size / unit : size > 0 ? infinity() : 0;
        }
        for (Index j = 0; j < g.size(); ++j)
            if (gradient_scale[j] > 0) largest = std::max(largest, std::abs(g[j]) / gradient_scale[j]);
        return largest;
    }
    static double infinity() { return std::numeric_limits<double>::infinity(); }
    double shrink(double step, Index i, double k) const { return std::pow(1 - step * curvatures[i], k); }
};

struct LearningRateOptions {
    int max_products = 256;       ///< with the Hessian, for each of two runs of Lanczos' method
    Index largest_hessian = 512;  ///< up to so many parameters the Hessian is formed, which also gives a proof
};

namespace detail {

template <Scalar S>
Eigen::VectorXd as_double(const Vector<S>& v) {
    Eigen::VectorXd out(v.size());
    for (Index j = 0; j < v.size(); ++j) out[j] = static_cast<double>(v[j]);
    return out;
}

/// Products with the Hessian of f at x from whatever f offers: the matrix, hessian_product, or central differences of
/// gradients, whose relative error is of the order of epsilon^(2/3).
template <Scalar S, class F>
class HessianOperator {
public:
    HessianOperator(const F& f, const Vector<S>& x, Index largest_hessian, LearningRateReport& report)
        : f_(&f), x_(&x), report_(&report) {
        using std::cbrt, std::max;
        size_ = cbrt(epsilon<S>) * max(max_norm(x), S(1));
        const Index d = x.size();
        if constexpr (TwiceDifferentiable<F, S>) {
            if (d > largest_hessian) return;
            H_.resize(d, d);
            f.hessian(x, H_);
            ++report.hessians;
            has_hessian_ = true;
        }
    }

    void operator()(const Vector<S>& v, Vector<S>& out) {
        out.resize(v.size());
        if (has_hessian_) {
            out = product<S>(H_, v);
            return;
        }
        if constexpr (Curved<F, S>) {
            f_->hessian_product(*x_, v, out);
            ++report_->products;
        } else {
            const S h = size_ / max_norm(v);
            Vector<S> at = *x_, low(v.size());
            add_multiple(h, v, at);
            value_and_gradient<S>(*f_, at, out);
            at = *x_;
            add_multiple(S(-h), v, at);
            value_and_gradient<S>(*f_, at, low);
            for (Index j = 0; j < v.size(); ++j) out[j] = (out[j] - low[j]) / (S(2) * h);
            report_->gradients += 2;
        }
    }

    bool has_hessian() const { return has_hessian_; }
    const Matrix<S>& hessian() const { return H_; }
    /// Relative error of a product.
    S noise() const {
        using std::cbrt;
        return Curved<F, S> || has_hessian_ ? epsilon<S> : S(100) * cbrt(epsilon<S> * epsilon<S>);
    }

private:
    const F* f_;
    const Vector<S>* x_;
    LearningRateReport* report_;
    Matrix<S> H_;
    S size_{0};
    bool has_hessian_ = false;
};

/// Ratio of the largest to the smallest eigenvalue of H with its diagonal scaled to one; infinity when it is singular
/// or indefinite.
template <Scalar S>
GRADUS_ONCE double scaled_condition_number(Matrix<S> H) {
    using std::sqrt;
    const Index d = H.rows();
    Vector<S> scale(d);
    for (Index j = 0; j < d; ++j) {
        if (!(H(j, j) > S(0))) return std::numeric_limits<double>::infinity();
        scale[j] = S(1) / sqrt(H(j, j));
    }
    for (Index j = 0; j < d; ++j)
        for (Index i = 0; i < d; ++i) H(i, j) *= scale[i] * scale[j];
    const Spectrum<S> all = lanczos<S>([&](const Vector<S>& v, Vector<S>& out) { out = product<S>(H, v); }, d,
                                       {.max_products = static_cast<int>(d)});
    const S floor = S(16) * S(static_cast<double>(d)) * epsilon<S>;
    if (all.empty() || !(all.smallest() > floor * all.largest())) return std::numeric_limits<double>::infinity();
    return static_cast<double>(all.largest() / all.smallest());
}

template <Scalar S, class F>
GRADUS_ONCE void bound_curvature(const F& f, const HessianOperator<S, F>& H, LearningRateReport& report) {
    if constexpr (requires { f.curvature_bound(); }) {
        report.proven_bound = static_cast<double>(f.curvature_bound());
        if (report.proven_bound >= 0) report.proof = CurvatureProof::loss;
    }
    if constexpr (requires { f.sample_curvature_bound(); })
        report.row_bound = static_cast<double>(f.sample_curvature_bound());
    if (report.proof == CurvatureProof::loss || !H.has_hessian()) return;
    const S bound = eigenvalue_bound<S>(H.hessian());
    using std::isfinite;
    if (!isfinite(bound)) return;
    report.proven_bound = static_cast<double>(bound);
    report.proof = CurvatureProof::cholesky;
}

}  // namespace detail

/// The learning-rate analysis of f at x, for any differentiable f: see LearningRateReport. Two runs of Lanczos' method,
/// one from a random vector for the ends of the spectrum, one from the gradient for what descent from x sees. Costs one
/// Hessian where f has one of moderate size; else up to 2 max_products products with it, or twice as many gradients;
/// and the proof, about another Hessian.
template <class F, class Derived>
GRADUS_ONCE LearningRateReport analyse_learning_rate(const F& f, const Eigen::MatrixBase<Derived>& start,
                                                     const LearningRateOptions& options = {}) {
    using S = typename Derived::Scalar;
    using std::abs, std::isfinite, std::max;
    static_assert(Differentiable<F, S>,
                  "gradus: the learning-rate analysis needs value_and_gradient(x, gradient), or a "
                  "callable f(x, gradient), that returns the value");
    LearningRateReport report;
    const Vector<S> x = start;
    Vector<S> gradient(x.size());
    const S value = value_and_gradient<S>(f, x, gradient);
    ++report.gradients;
    report.x = detail::as_double(x);
    report.value = static_cast<double>(value);
    report.gradient_norm = static_cast<double>(norm(gradient));
    if constexpr (requires { f.gradient_scale(); }) report.gradient_scale = detail::as_double(f.gradient_scale());
    if (x.size() == 0 || !isfinite(value) || !all_finite(gradient)) return report;

    detail::HessianOperator<S, F> H(f, x, options.largest_hessian, report);
    const int most = H.has_hessian() ? static_cast<int>(x.size()) : options.max_products;
    const LanczosOptions to_both_ends{.max_products = most,  // with the matrix at hand products cost nothing
                                      .largest = H.has_hessian() ? 0 : 1e-6,
                                      .smallest = H.has_hessian() ? 0 : 1e-3};
    const Spectrum<S> ends = lanczos<S>(H, x.size(), to_both_ends);
    if (ends.empty()) return report;
    const bool top_is_last = abs(ends.largest()) >= abs(ends.smallest());
    const Index top = top_is_last ? ends.values.size() - 1 : 0;
    const S L = abs(ends.values[top]), noise = S(16) * S(static_cast<double>(x.size())) * H.noise() * L;
    report.largest_curvature = static_cast<double>(L);
    report.largest_error = static_cast<double>(max(ends.residuals[top], S(H.noise() * L)));
    report.smallest_curvature = static_cast<double>(ends.smallest());
    report.smallest_error = static_cast<double>(noise);
    report.steepest = detail::as_double(Vector<S>(ends.vectors.col(top)));
    double share = 0;
    for (std::vector<bool> taken(static_cast<std::size_t>(x.size())); share < 0.9;) {
        Index most_of_it = -1;
        for (Index j = 0; j < x.size(); ++j)
            if (!taken[static_cast<std::size_t>(j)] &&
                (most_of_it < 0 || abs(report.steepest[j]) > abs(report.steepest[most_of_it])))
                most_of_it = j;
        if (most_of_it < 0) break;
        taken[static_cast<std::size_t>(most_of_it)] = true;
        share += report.steepest[most_of_it] * report.steepest[most_of_it];
        report.steepest_parameters.push_back(most_of_it);
    }

    const Spectrum<S> seen = lanczos<S>(H, gradient, {.max_products = most, .largest = 0, .smallest = 0});
    report.curvatures = detail::as_double(seen.values);
    report.weights = detail::as_double(seen.weights);
    report.modes.resize(x.size(), seen.values.size());
    for (Index i = 0; i < seen.values.size(); ++i) {
        S part(0);
        for (Index j = 0; j < x.size(); ++j) part += seen.vectors(j, i) * gradient[j];
        for (Index j = 0; j < x.size(); ++j)
            report.modes(j, i) = static_cast<double>(part < S(0) ? S(-seen.vectors(j, i)) : seen.vectors(j, i));
    }
    if (!seen.empty()) report.largest_curvature = max(report.largest_curvature, static_cast<double>(seen.largest()));

    if (H.has_hessian()) report.scaled_condition_number = detail::scaled_condition_number<S>(H.hessian());
    detail::bound_curvature<S>(f, H, report);
    return report;
}

/// The analysis in words and numbers. (A template, so that programs that do not print it do not compile it.)
template <class Traits>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const LearningRateReport& report) {
    const auto line = [&](const char* what, const auto&... parts) { out << "  " << what << text(parts...) << '\n'; };
    out << "learning rate\n";
    if (!report.known()) {
        line("curvature    not known: value, gradient or a product with the Hessian is not finite here");
        return out;
    }
    line("curvature    largest L = ", report.largest_curvature, ", smallest mu = ", report.smallest_curvature,
         report.is_convex_here() ? "" : ": not convex here", ", condition number ", report.condition_number());
    if (report.proof == CurvatureProof::loss)
        line("proven       no more than ", report.proven_bound,
             " anywhere: the largest curvature of the loss times the largest eigenvalue of X'X / n");
    else if (report.proof == CurvatureProof::cholesky)
        line("proven       no more than ", report.proven_bound, " here: bound I - H has a Cholesky factor");
    line("steps        stable in (0, ", report.stable_step(), "), best fixed step ", report.best_step());
    if (report.row_bound > 0)
        line("single rows  curvature up to ", report.row_bound, ": SAGA's step is ", 1 / (3 * report.row_bound));
    std::string parts;
    for (std::size_t i = 0; i < report.steepest_parameters.size() && i < 5; ++i) {
        const Index j = report.steepest_parameters[i];
        parts += text(parts.empty() ? "" : ", ", report.steepest[j], " x_", j);
    }
    line("steepest     ", parts);
    if (report.scaled_condition_number > 0 && 2 * report.scaled_condition_number < report.condition_number())
        line("scaling      each parameter by the root of its curvature: condition number ",
             report.scaled_condition_number);
    for (const double tolerance : {1e-4, 1e-8})
        line("prediction   ", report.predicted_iterations(report.best_step(), tolerance),
             " best fixed steps from here to a relative gradient of ", tolerance);
    line("work         ", report.gradients, " gradients, ", report.hessians, " Hessians, ", report.products,
         " Hessian-vector products");
    return out;
}

}  // namespace gradus
