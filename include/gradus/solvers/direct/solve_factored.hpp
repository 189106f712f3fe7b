#pragma once
// From the small factor to the solution: the part that all direct solvers share.

#include <gradus/objectives/least_squares.hpp>
#include <gradus/solvers/direct/rank.hpp>

namespace gradus::detail {

/// Norms of the raw columns (1 | X), in the units of the factor.
template <Scalar S>
GRADUS_ONCE Vector<S> augmented_norms(const LeastSquares<S>& problem) {
    using std::sqrt;
    Vector<S> norms(problem.unknowns());
    if (problem.has_intercept) norms[0] = sqrt(problem.sample.total_weight);
    for (Index j = 0; j < problem.features(); ++j)
        norms[problem.has_intercept + j] = problem.norms[j] * problem.columns().scale[j];
    return norms;
}

/// Improves theta = (Z, b) by corrections T'T d = X'(y - X z), T the triangle of the kept columns, the residual and its
/// product with X taken nearly exactly (corrected semi-normal equations: Bjoerck, Linear Algebra Appl. 88/89 (1987),
/// 31; each contracts the error by about epsilon condition^2). Stops when the next correction would be below rounding
/// or does not shrink: beyond a condition number of 1 / sqrt(epsilon) refinement can lose digits instead. That next
/// correction is the estimate of the error that is left.
template <Scalar S>
class Refinement {
public:
    Refinement(const LeastSquares<S>& problem, const Echelon<S>& form, const Matrix<S>& T)
        : problem_(problem), form_(form), T_(T), risk_(problem.risk()) {}

    GRADUS_ONCE void improve(LeastSquaresSolution<S>& solution, int steps) {
        const Predictor<S>& layout = risk_.predictor();
        Vector<S> theta = layout.parameters(solution.Z, solution.b), before = theta, d;
        S last(0);
        for (int step = 0;; ++step) {
            solution.loss = risk_.exact_gradient(theta, solution.gradient);
            problem_.add_ridge_gradient(theta, solution.gradient);
            ++solution.sweeps;
            d = correction(solution.gradient);
            const S size = norm(d);
            if (step > 0 && !(size < last / 2)) {  // the last correction did not help
                if (!(size <= last)) theta = before;
                break;
            }
            if (step == steps || size <= epsilon<S> * norm(theta) || !(size < norm(theta))) break;
            before = theta;
            add_multiple(S(1), d, theta);
            last = size;
        }
        Vector<S> rounding;
        risk_.draw_gradient_rounding(theta, rounding);
        ++solution.sweeps;
        solution.correct_digits = digits_of(theta, d, correction(rounding));
        solution.Z = layout.coefficients(theta);
        solution.b = layout.intercept(theta);
    }

    /// Loss and gradient in ordinary arithmetic, without any correction.
    void evaluate(LeastSquaresSolution<S>& solution) {
        const Vector<S> theta = risk_.predictor().parameters(solution.Z, solution.b);
        solution.gradient.resize(theta.size());
        solution.loss = risk_.value_and_gradient(theta, solution.gradient);
        problem_.add_ridge_gradient(theta, solution.gradient);
        ++solution.sweeps;
    }

private:
    // d = -(T'T)^-1 gradient over the kept columns, times the sum of the weights because the gradient is that of the
    // mean
    Vector<S> correction(const Vector<S>& gradient) const {
        const Index k = problem_.outputs(), r = form_.rank();
        Vector<S> d = Vector<S>::Zero(gradient.size());
        Matrix<S> rhs(r, k);
        for (Index c = 0; c < k; ++c)
            for (Index j = 0; j < r; ++j) rhs(j, c) = -problem_.sample.total_weight * gradient[position(j, c)];
        solve_upper_transposed<S>(T_, rhs);
        solve_upper<S>(T_, rhs);
        for (Index c = 0; c < k; ++c)
            for (Index j = 0; j < r; ++j) d[position(j, c)] = rhs(j, c);
        return d;
    }

    // where the j-th kept column of (1 | X), output c, stands in theta
    Index position(Index j, Index c) const {
        const Index column = form_.kept[static_cast<std::size_t>(j)], p = problem_.features();
        if (!problem_.has_intercept) return c * p + column;
        return column == 0 ? p * problem_.outputs() + c : c * p + column - 1;
    }

    double digits_of(const Vector<S>& theta, const Vector<S>& d, const Vector<S>& rounding) const {
        using std::abs, std::log10;
        double digits = std::numeric_limits<S>::digits10 + 1;
        const S floor = S(1e-6) * max_norm(theta);
        for (Index j = 0; j < theta.size(); ++j) {
            const S error = abs(d[j]) + abs(rounding[j]), size = std::max(S(abs(theta[j])), floor);
            if (error > S(0) && size > S(0)) digits = std::min(digits, -static_cast<double>(log10(S(error / size))));
        }
        return std::max(digits, 0.0);
    }

    const LeastSquares<S>& problem_;
    const Echelon<S>& form_;
    const Matrix<S>& T_;
    EmpiricalRisk<S> risk_;
};

/// Minimum-norm slopes in the user's scale with a free intercept, from rows E z = c of the echelon form below the
/// intercept.
template <Scalar S>
GRADUS_ONCE void take_least_norm(const LeastSquares<S>& problem, const Matrix<S>& A, Index rank,
                                 LeastSquaresSolution<S>& solution) {
    const Index at = problem.has_intercept, p = problem.features();
    const Matrix<S> E = A.block(at, at, rank - at, p);
    const Matrix<S> c = product<S>(E, solution.Z);
    // w = scale z: the norm to be least is that of w
    Matrix<S> M = E;
    for (Index j = 0; j < p; ++j)
        for (Index i = 0; i < M.rows(); ++i) M(i, j) /= problem.columns().scale[j];
    S condition;
    Matrix<S> Z = least_norm<S>(M, c, &condition);
    using std::log10;
    const double digits = -static_cast<double>(log10(S(epsilon<S> * condition)));
    solution.correct_digits = std::min(solution.correct_digits, std::max(digits, 0.0));
    unscale_rows(Z, problem.columns().scale);
    for (Index k = 0; at && k < Z.cols(); ++k)
        for (Index j = 0; j < p; ++j) solution.b[k] += A(0, 1 + j) * (solution.Z(j, k) - Z(j, k)) / A(0, 0);
    solution.Z = Z;
}

}  // namespace gradus::detail

namespace gradus {

/// Rank decision, solution, refinement and, where columns are dependent, the solution of least norm. `noise`: relative
/// error of a pivot of the factor, by which rank is judged; the error of the unrefined solution grows with the
/// condition number to the `power` 1 or 2. Refined when the condition number is at least `refine_from`; at 0 always,
/// and then ordinary residuals are not even compiled.
template <bool always_exact, Scalar S>
GRADUS_ONCE LeastSquaresSolution<S> solve_factored(const LeastSquares<S>& problem, const Matrix<S>& R, const S& noise,
                                                   int power, int refinement_steps, double refine_from = 0) {
    using std::log10;
    const Index p = problem.features(), k = problem.outputs(), at = problem.has_intercept;
    const Echelon<S> form = echelon_form<S>(R, problem.unknowns(), detail::augmented_norms(problem), noise);
    const Matrix<S> T = form.triangle();

    LeastSquaresSolution<S> solution;
    solution.sweeps = 1;
    solution.rank = form.rank() - at;
    for (const Index j : form.dependent) solution.dependent.push_back(j - at);
    solution.condition = static_cast<double>(triangular_condition<S>(T));
    solution.correct_digits =
        std::max(0.0, -static_cast<double>(log10(S(8) * epsilon<S>)) - power * std::log10(solution.condition));

    Matrix<S> z = form.targets(k);
    solve_upper<S>(T, z);
    solution.Z = Matrix<S>::Zero(p, k);
    solution.b = Vector<S>::Zero(k);
    for (Index j = 0; j < form.rank(); ++j) {
        const Index column = form.kept[static_cast<std::size_t>(j)];
        for (Index c = 0; c < k; ++c) (at && column == 0 ? solution.b[c] : solution.Z(column - at, c)) = z(j, c);
    }
    detail::Refinement<S> refinement(problem, form, T);
    if constexpr (always_exact) refinement.improve(solution, refinement_steps);
    else if (refinement_steps > 0 && solution.condition >= refine_from) refinement.improve(solution, refinement_steps);
    else refinement.evaluate(solution);
    if (!form.dependent.empty()) detail::take_least_norm(problem, form.A, form.rank(), solution);
    return solution;
}

}  // namespace gradus
