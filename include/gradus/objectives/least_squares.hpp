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
/// The sample's features are seen in the coordinates in which the work is done (see equilibrate()), and so are its
/// targets. `norms` are the weighted root sums of squares of the raw columns: rounding an entry is felt relative to
/// these, however much of the column the shift takes away. Without targets (k = 0) it is the design alone, of which
/// rank and condition are asked.
template <Scalar S>
struct LeastSquares {
    Sample<S> sample;
    Vector<S> norms;
    bool has_intercept = true;
    Vector<S> ridge = {};  ///< p numbers >= 0, or empty: none

    Index features() const { return sample.features(); }
    Index outputs() const { return sample.Y.columns(); }
    Index unknowns() const { return features() + has_intercept; }
    bool has_ridge() const { return ridge.size() > 0; }
    const Coordinates<S>& columns() const { return sample.X.coordinates(); }

    /// The same problem as an objective of theta = (columns of Z, then b), without the ridge.
    EmpiricalRisk<S> risk() const {
        return {Squared<S>(outputs()), NoPenalty{}, linear_predictor<S>(features(), outputs(), has_intercept), sample};
    }

    /// Gradient of the ridge in these coordinates, per unit of weight.
    void add_ridge_gradient(const Vector<S>& theta, Vector<S>& gradient) const {
        if (!has_ridge()) return;
        for (Index c = 0; c < outputs(); ++c)
            for (Index j = 0; j < features(); ++j) {
                const Index at = c * features() + j;
                const S scale = columns().scale[j];
                gradient[at] += ridge[j] / sample.total_weight * scale * scale * theta[at];
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
    double correct_digits = 0;     ///< of the largest coefficients of each target: see correct_digits()
    S loss{0};  ///< mean squared loss at the solution, and its gradient, ridge included, in the layout of Linear
    Vector<S> gradient;
    int sweeps = 0;               ///< passes over X
    double megabytes_needed = 0;  ///< > 0: more than the solver's options allow, and nothing was computed
    const char* method = "";
    const char* note = "";  ///< what else the user should know of the way
};

/// A solver that computes the least-squares solution at once.
template <class Solver>
concept DirectSolver = requires(const Solver& solver, const LeastSquares<double>& problem) {
    { solver.solve(problem) } -> std::same_as<LeastSquaresSolution<double>>;
};

namespace detail {

/// Scratch of one worker for rows of (1 | X | Y).
template <Scalar S>
struct AugmentedRows {
    Matrix<S> rows, offset;
    Vector<S> weight;

    /// Rows [first, first + b) times sqrt(s), in the coordinates of the problem.
    GRADUS_NOINLINE MatrixView<S> load(const LeastSquares<S>& problem, Index first, Index b, Index most) {
        using std::sqrt;
        const Index p = problem.features(), k = problem.outputs(), at = problem.has_intercept;
        if (rows.rows() == 0) rows.resize(most, problem.unknowns() + k);
        MatrixView<S> out = rows.topRows(b);
        if (at) out.col(0).setOnes();
        auto X = out.middleCols(at, p), Y = out.rightCols(k);
        if (p > 0) problem.sample.X.storage().read({first, b}, X);
        problem.sample.copy_targets(first, Y);
        for (Index j = 0; j < p; ++j) {
            const S shift = problem.columns().shift[j], scale = problem.columns().scale[j];
            for (Index i = 0; i < b; ++i) X(i, j) = (X(i, j) - shift) * scale;
        }
        if (problem.sample.offset && k > 0) {
            offset.resize(b, k);
            problem.sample.copy_offset(first, offset);
            for (Index c = 0; c < k; ++c)
                for (Index i = 0; i < b; ++i) Y(i, c) -= offset(i, c);
        }
        if (!problem.sample.weights) return out;
        weight.resize(b);
        problem.sample.copy_weights(first, weight);
        for (Index i = 0; i < b; ++i) weight[i] = sqrt(weight[i]);
        for (Index c = 0; c < out.cols(); ++c)
            for (Index i = 0; i < b; ++i) out(i, c) = weight[i] > S(0) ? S(out(i, c) * weight[i]) : S(0);
        return out;
    }
};

/// The sum over all rows of what add(rows, part) makes of pieces of at most `most` rows of (1 | X | Y). Where a part is
/// so large that only one may be there, one worker takes all rows. A part is worth `least` rows at least, so that
/// joining parts costs little beside making them.
template <Scalar S, class Part, class Add>
Part reduce_augmented(const LeastSquares<S>& problem, Part zero, Index most, Index least, double bytes_of_part,
                      Add&& add) {
    const Executor executor = problem.sample.walker();
    Ranges ranges = problem.sample.X.ranges();
    if (bytes_of_part > 4e6) ranges.size = std::max<Index>(1, ranges.rows);
    else ranges.size *= (least + ranges.size - 1) / ranges.size;
    std::vector<AugmentedRows<S>> scratch(static_cast<std::size_t>(executor.workers()));
    return reduce(executor, ranges.count(), std::move(zero), [&](Index range, Part& part, int worker) {
        const Index end = ranges.first(range) + ranges.rows_of(range);
        for (Index first = ranges.first(range); first < end; first += most) {
            auto rows =
                scratch[static_cast<std::size_t>(worker)].load(problem, first, std::min(most, end - first), most);
            add(rows, part);
        }
    });
}

/// Rows of a ridge in the same layout: sqrt(ridge_j) w_j = sqrt(ridge_j) scale_j z_j, one row for each j with ridge_j >
/// 0.
template <Scalar S>
Matrix<S> ridge_rows(const LeastSquares<S>& problem) {
    using std::sqrt;
    const Index p = problem.features(), at = problem.has_intercept;
    Matrix<S> rows = Matrix<S>::Zero(p, problem.unknowns() + problem.outputs());
    for (Index j = 0; j < p; ++j) rows(j, at + j) = sqrt(problem.ridge[j]) * problem.columns().scale[j];
    return rows;
}

}  // namespace detail

}  // namespace gradus
