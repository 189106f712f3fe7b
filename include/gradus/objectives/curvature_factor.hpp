#pragma once
// The root of a Hessian, from the rows that it is the sum of.

#include <gradus/losses/any_loss.hpp>
#include <gradus/numeric/triangular_factor.hpp>
#include <gradus/objectives/row_walk.hpp>

#include <algorithm>
#include <vector>

namespace gradus {

namespace detail {

/// Rows of numbers, gathered and folded into a triangle many at a time.
template <Scalar S>
class RowBuffer {
public:
    RowBuffer(TriangularFactor<S>& into, Index most)
        : into_(&into), rows_(std::min<Index>(most, 256), into.R().cols()) {}

    void add(const Vector<S>& row, const S& factor = S(1)) {
        for (Index m = 0; m < row.size(); ++m) rows_(filled_, m) = factor * row[m];
        if (++filled_ == rows_.rows()) fold();
    }
    /// To be called after the last row.
    void fold() {
        if (filled_ > 0) into_->fold(rows_.topRows(filled_));
        filled_ = 0;
    }

private:
    TriangularFactor<S>* into_;
    Matrix<S> rows_;
    Index filled_ = 0;
};

/// The sum over all rows of parts that hold a triangle of so many columns. Joining two triangles costs as much as
/// folding `columns` rows: where there are few rows beside that, or a triangle is so large that there should be but
/// one, one worker folds them all.
template <Scalar S, class Part, class Body>
Part fold_rows(const RowWalk<S>& walk, const Vector<S>& theta, const Part& zero, Index columns, Body&& body) {
    const double c = static_cast<double>(columns), joined = c * static_cast<double>(walk.ranges().count());
    if (joined <= static_cast<double>(walk.rows()) && c * c * sizeof(S) <= 32e6) return walk.reduce(theta, zero, body);
    Part all = zero;
    walk.in_order(theta, [&](const EvaluatedRows<S>& rows) { body(rows, all); });
    return all;
}

/// Upper triangular `roots` (k x k) with roots'roots = C, for one row of packed curvature (see pair_index): Gaussian
/// elimination that never subtracts when the off-diagonals are <= 0, as those of the softmax and the cumulative models
/// are (Grassmann, Taksar, Heyman, Oper. Res. 33 (1985), 1107): the pivot is put together from w_cd = -C_cd and from
/// what is left of the row sum. So a row whose probabilities are 1 - 1e-20 and 1e-20 keeps all digits of what it says.
/// w: k x k, scratch.
template <Scalar S>
void curvature_roots(const ConstMatrixView<S>& curvature, Index i, Matrix<S>& w, Matrix<S>& roots) {
    using std::abs, std::sqrt;
    const Index k = roots.rows();
    for (Index c = 0; c < k; ++c) {
        const S diagonal = curvature(i, pair_index(c, c, k));
        S rest = diagonal;  // of the row sum
        for (Index d = 0; d < k; ++d) {
            if (d == c) continue;
            w(c, d) = -curvature(i, pair_index(std::max(c, d), std::min(c, d), k));
            rest -= w(c, d);
        }
        w(c, c) = abs(rest) > S(8 * static_cast<double>(k)) * epsilon<S> * diagonal ? rest : S(0);
    }
    roots.setZero();
    for (Index a = 0; a < k; ++a) {
        S pivot = w(a, a);
        for (Index d = a + 1; d < k; ++d) pivot += w(a, d);
        if (!(pivot > S(0))) continue;
        roots(a, a) = sqrt(pivot);
        for (Index d = a + 1; d < k; ++d) roots(a, d) = -w(a, d) / roots(a, a);
        for (Index c = a + 1; c < k; ++c) {
            const S share = w(a, c) / pivot;
            w(c, c) += w(a, a) * share;
            for (Index d = a + 1; d < k; ++d)
                if (d != c) w(c, d) += w(a, d) * share;
        }
    }
}

}  // namespace detail

/// R (upper triangular, r x r) with R'R = sum_i s_i J_i' C_i J_i over r of the parameters: C_i the curvature of the
/// loss of row i at theta, J_i the map from theta to eta_i. The rows C_i^(1/2) J_i are folded by Householder
/// reflections, so that the digits of R follow the condition number of the weighted design and not its square, as those
/// of a Cholesky factor of the Hessian do. O(n k r^2), one walk.
template <Scalar S>
GRADUS_ONCE Matrix<S> curvature_factor(const RowWalk<S>& walk, const AnyLoss<S>& loss, const Vector<S>& theta,
                                       const std::vector<Index>& parameters) {
    const Index r = static_cast<Index>(parameters.size()), k = loss.outputs();
    const TriangularFactor<S> nothing(Matrix<S>(Matrix<S>::Zero(r, r)));
    const auto fold_block = [&](const EvaluatedRows<S>& rows, TriangularFactor<S>& part) {
        auto curvature = rows.curvature();
        loss.derivatives(rows.y, rows.eta, rows.s, rows.slope(), curvature);
        detail::RowBuffer<S> buffer(part, k * rows.count());
        Matrix<S> w(k, k), roots(k, k);
        Vector<S> direction(walk.predictor().dimension()), row(r);
        walk.for_each_row(rows, [&](Index i, const auto& add) {
            detail::curvature_roots<S>(curvature, i, w, roots);
            for (Index a = 0; a < k; ++a) {
                if (!(roots(a, a) > S(0))) continue;
                direction.setZero();
                for (Index c = a; c < k; ++c)
                    if (roots(a, c) != S(0)) add(c, roots(a, c), direction);
                for (Index m = 0; m < r; ++m) row[m] = direction[parameters[static_cast<std::size_t>(m)]];
                buffer.add(row);
            }
        });
        buffer.fold();
    };
    return detail::fold_rows(walk, theta, nothing, r, fold_block).R();
}

}  // namespace gradus
