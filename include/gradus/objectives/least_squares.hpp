#pragma once
// The linear least-squares problem, and what a direct solver says about it.

#include <gradus/losses/squared.hpp>
#include <gradus/objectives/empirical_risk.hpp>
#include <gradus/penalties/none.hpp>
#include <gradus/predictors/linear.hpp>

#include <vector>

namespace gradus {

/// minimise  1/2 sum_i s_i |y_i - o_i - b - W'x_i|^2  +  1/2 sum_jc ridge_j w_jc^2   over W (p x k) and b (k).
///
/// `columns` are the coordinates in which X is worked on (see equilibrate()); those of Y are in the sample. `norms` are the weighted root sums of
/// squares of the raw columns: rounding an entry is felt relative to these, however much of the column the shift takes away.
template <Scalar S>
struct LeastSquares {
    Sample<S> sample;
    Equilibration<S> columns;
    Vector<S> norms;
    bool has_intercept = true;
    Vector<S> ridge;  ///< p numbers >= 0, or empty: none

    Index features() const { return sample.features(); }
    Index outputs() const { return sample.Y.columns(); }
    Index unknowns() const { return features() + has_intercept; }
    bool has_ridge() const { return ridge.size() > 0; }

    /// The same problem as an objective of theta = (columns of Z, then b), without the ridge.
    using Risk = EmpiricalRisk<Squared<S>, NoPenalty, Linear<S>>;
    Risk risk() const { return Risk(Squared<S>(outputs()), NoPenalty{}, layout(), sample, columns); }
    Linear<S> layout() const { return Linear<S>(features(), outputs(), has_intercept); }

    /// Gradient of the ridge in these coordinates, per unit of weight.
    void add_ridge_gradient(const Vector<S>& theta, Vector<S>& gradient) const {
        if (!has_ridge()) return;
        for (Index c = 0; c < outputs(); ++c)
            for (Index j = 0; j < features(); ++j) {
                const Index at = c * features() + j;
                gradient[at] += ridge[j] / sample.total_weight * columns.scale[j] * columns.scale[j] * theta[at];
            }
    }
};

/// In the coordinates of the problem: eta = b + Z'x, x equilibrated, eta in the coordinates of the targets.
template <Scalar S>
struct LeastSquaresSolution {
    Matrix<S> Z;                   ///< p x k
    Vector<S> b;                   ///< k, zero without intercept
    Index rank = 0;                ///< of the columns, the intercept not counted
    std::vector<Index> dependent;  ///< columns that are combinations of earlier ones
    double condition = 1;          ///< of the independent columns, each scaled to unit length
    double correct_digits = 0;     ///< estimated from the next correction, or from the condition number
    S loss{0};  ///< mean squared loss at the solution, and its gradient, ridge included, in the layout of Linear
    Vector<S> gradient;
    int sweeps = 0;  ///< passes over X
    const char* method = "";
    const char* note = "";  ///< a doubt that the solver has about its own answer
};

/// A solver that computes the least-squares solution at once.
template <class Solver>
concept DirectSolver = requires(const Solver& solver, const LeastSquares<double>& problem) {
    { solver.solve(problem) } -> std::same_as<LeastSquaresSolution<double>>;
};

namespace detail {

/// Rows [first, first + b) of (1 | X | Y) times sqrt(s), in the coordinates of the problem.
template <Scalar S>
GRADUS_NOINLINE void load_augmented(const LeastSquares<S>& problem, Index first, MatrixView<S> out, Vector<S>& weight,
                                    Matrix<S>& offset) {
    using std::sqrt;
    const Index b = out.rows(), p = problem.features(), k = problem.outputs(), at = problem.has_intercept;
    if (at) out.col(0).setOnes();
    auto X = out.middleCols(at, p), Y = out.rightCols(k);
    if (p > 0) problem.sample.X.copy_rows(first, X);
    problem.sample.copy_targets(first, Y);
    for (Index j = 0; j < p; ++j) {
        const S shift = problem.columns.shift[j], scale = problem.columns.scale[j];
        for (Index i = 0; i < b; ++i) X(i, j) = (X(i, j) - shift) * scale;
    }
    if (problem.sample.offset) {
        offset.resize(b, k);
        problem.sample.copy_offset(first, offset);
        for (Index c = 0; c < k; ++c)
            for (Index i = 0; i < b; ++i) Y(i, c) -= offset(i, c);
    }
    if (!problem.sample.weights) return;
    weight.resize(b);
    problem.sample.weights->copy_rows(first, weight);
    for (Index i = 0; i < b; ++i) weight[i] = sqrt(weight[i]);
    for (Index c = 0; c < out.cols(); ++c)
        for (Index i = 0; i < b; ++i) out(i, c) *= weight[i];
}

/// Rows of a ridge in the same layout: sqrt(ridge_j) w_j = sqrt(ridge_j) scale_j z_j, one row for each j with ridge_j > 0.
template <Scalar S>
Matrix<S> ridge_rows(const LeastSquares<S>& problem) {
    using std::sqrt;
    const Index p = problem.features(), at = problem.has_intercept;
    Matrix<S> rows = Matrix<S>::Zero(p, problem.unknowns() + problem.outputs());
    for (Index j = 0; j < p; ++j) rows(j, at + j) = sqrt(problem.ridge[j]) * problem.columns.scale[j];
    return rows;
}

}  // namespace detail

}  // namespace gradus
