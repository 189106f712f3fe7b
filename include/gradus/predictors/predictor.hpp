#pragma once
// From parameters theta to the linear predictor eta, and back.

#include <gradus/data/row_block.hpp>
#include <gradus/losses/loss.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace gradus {

/// What a predictor needs for one block of rows of one worker.
template <Scalar S>
struct PredictorScratch {
    Matrix<S> U, U_low, reduced, cross, sums;
};

/// A share of the work on a Hessian: every count-th strip of its columns, so that shares add to different entries. By
/// itself all of it, in one strip for each pair of outputs.
struct Share {
    Index index = 0, count = 1, strip = 0;
    bool has(Index part) const { return part % count == index; }
};

/// Sums over rows of which a matrix is made that is like the Hessian (see Preconditioner), C_i being the weighted q x q
/// curvature of row i in the columns of V.
template <Scalar S>
struct CurvatureParts {
    /// Of p features, width q and r intercepts.
    CurvatureParts(Index p, Index q, Index r, bool of_diagonal)
        : are_diagonal(of_diagonal),
          slopes(Matrix<S>::Zero(p, of_diagonal ? q : p)),
          outputs(Matrix<S>::Zero(q, q)),
          intercepts(Matrix<S>::Zero(r, r)) {}

    bool are_diagonal;
    Matrix<S> slopes;      // X' diag(tr C_i) X, lower triangle; or the diagonal of the Hessian, p x q
    Matrix<S> outputs;     // the sum of C_i, lower triangle
    Matrix<S> intercepts;  // of the Hessian, r x r, lower triangle
};

/// eta = X W A + 1 b', with
///
///     W = V R      p x m: the coefficients as they are reported and penalised
///     b = C c      k: the intercepts
///     theta        V (p x q, column after column), then c (r numbers)
///
/// Three small matrices tell predictors apart: R (q x m), A (m x k) and C (k x r); linear.hpp, sum_to_zero.hpp and
/// proportional_odds.hpp make them. eta is linear in theta: with L = R A the gradient of eta_ic is x_i in column L_.c
/// of V, and C_c. in c. R has orthonormal rows, C orthonormal columns.
///
/// Products with X go through the block, which alone knows how X is stored. Shapes of a block: eta, slope b x k;
/// curvature b x k (k + 1) / 2, packed as in pair_index. Costs are those of q products with X beside O(b q k), and for
/// a sandwich of q (q + 1) / 2 Gram products.
template <Scalar S>
class Predictor {
public:
    /// `reach`: outputs further apart than this have no curvature between them, whatever the row; all of them may have
    /// by default.
    GRADUS_ONCE Predictor(Index features, Matrix<S> R, Matrix<S> A, Matrix<S> C,
                          Index reach = std::numeric_limits<Index>::max())
        : p_(features),
          R_(std::move(R)),
          A_(std::move(A)),
          C_(std::move(C)),
          L_(product<S>(R_, A_)),
          L_transposed_(L_.transpose()),
          reach_(std::min(reach, outputs())) {
        is_plain_ = is_identity(L_);
        has_coefficients_ = is_identity(R_);
        is_uniform_ = is_transposed(C_, L_);
        intercepts_of_.resize(static_cast<std::size_t>(outputs()));
        for (Index c = 0; c < outputs(); ++c)
            for (Index l = 0; l < intercepts(); ++l)
                if (C_(c, l) != S(0)) intercepts_of_[static_cast<std::size_t>(c)].push_back(l);
    }

    Index features() const { return p_; }
    Index outputs() const { return A_.cols(); }                      ///< k
    Index dimension() const { return p_ * width() + intercepts(); }  ///< p q + r
    Index width() const { return R_.rows(); }                        ///< q: parameters of one feature
    Index intercepts() const { return C_.cols(); }                   ///< r
    const Matrix<S>& coefficient_map() const { return R_; }          ///< q x m
    const Matrix<S>& loadings() const { return A_; }                 ///< m x k
    const Matrix<S>& intercept_map() const { return C_; }            ///< k x r

    Matrix<S> coefficients(const Vector<S>& theta) const {
        return has_coefficients_ ? Matrix<S>(slopes(theta)) : product<S>(slopes(theta), R_);
    }
    Vector<S> intercept(const Vector<S>& theta) const {
        return intercepts() > 0 ? Vector<S>(product<S>(C_, theta.tail(intercepts())))
                                : Vector<S>(Vector<S>::Zero(outputs()));
    }
    /// theta for these, or the nearest there is.
    Vector<S> parameters(const Matrix<S>& W, const Vector<S>& b) const {
        Vector<S> theta(dimension());
        if (has_coefficients_) slopes(theta) = W;
        else slopes(theta) = product<S>(W, R_.transpose());
        if (intercepts() > 0) theta.tail(intercepts()) = product<S>(C_.transpose(), b);
        return theta;
    }
    /// At most the errors of these when those of theta are at most `error`.
    Matrix<S> coefficient_errors(const Vector<S>& error) const {
        return product<S>(slopes(error), Matrix<S>(R_.cwiseAbs()));
    }
    /// At most |eta_c| of any row whose entries are at most one in size.
    Vector<S> largest_outputs(const Vector<S>& theta) const {
        Vector<S> out = Vector<S>::Zero(outputs());
        const auto size = [](const S& x) { return x < S(0) ? S(-x) : x; };
        for (Index c = 0; c < outputs(); ++c) {
            for (Index a = 0; a < width(); ++a)
                for (Index j = 0; j < p_; ++j) out[c] += size(L_(a, c)) * size(theta[a * p_ + j]);
            out[c] += intercepts() > 0 ? size(intercept_of(theta, c)) : S(0);
        }
        return out;
    }
    /// Places of theta that are slopes come first.
    Index first_intercept() const { return p_ * width(); }

    void forward(RowBlock<S>& block, const Vector<S>& theta, MatrixView<S> eta, PredictorScratch<S>& scratch) const {
        if (is_plain_) block.times(slopes(theta), eta);
        else {
            scratch.U.resize(eta.rows(), width());
            block.times(slopes(theta), scratch.U);
            product<S>(scratch.U, L_, eta);
        }
        if (intercepts() == 0) return;
        for (Index c = 0; c < outputs(); ++c) {
            const S b = intercept_of(theta, c);
            for (Index i = 0; i < eta.rows(); ++i) eta(i, c) += b;
        }
    }

    /// gradient += the adjoint of that map, applied to slope.
    void pullback(RowBlock<S>& block, const ConstMatrixView<S>& slope, Vector<S>& gradient,
                  PredictorScratch<S>& scratch) const {
        if (is_plain_) block.add_transposed_times(slope, slopes(gradient));
        else block.add_transposed_times(by_width(slope, scratch), slopes(gradient));
        pullback_to_intercepts(slope, gradient.data() + first_intercept());
    }
    /// The two parts of that: X_b' times this is added to the slopes, b x q ...
    ConstMatrixView<S> pullback_to_width(const ConstMatrixView<S>& slope, PredictorScratch<S>& scratch) const {
        return is_plain_ ? slope : by_width(slope, scratch);
    }
    /// ... and C'slope'1 to the intercepts, r numbers.
    void pullback_to_intercepts(const ConstMatrixView<S>& slope, S* gradient) const {
        for (Index c = 0; intercepts() > 0 && c < outputs(); ++c) {
            const S* column = &slope.coeffRef(0, c);
            const S sum = lane_sum<S>(slope.rows(), [=](Index i) { return column[i]; });
            for (Index l = 0; l < intercepts(); ++l) gradient[l] += C_(c, l) * sum;
        }
    }

    /// Lower triangle of H += map' diag(curvature) map, but for what complete() fills in. Where H is so large that only
    /// one may be there, several workers each add a share of it.
    void sandwich(RowBlock<S>& block, const ConstMatrixView<S>& curvature, Matrix<S>& H, PredictorScratch<S>& scratch,
                  const Share& share = {}) const {
        const Index q = width(), r = intercepts(), at = first_intercept();
        const ConstMatrixView<S> weights = is_plain_ ? curvature : reduce_curvature(curvature, scratch);
        const Index strip = share.strip > 0 ? share.strip : std::max<Index>(1, p_);
        Index part = 0;
        for (Index d = 0; d < q; ++d)
            for (Index c = d; c < q; ++c) {
                const ConstVectorView<S> weight = weights.col(pair_index(c, d, q));
                const bool is_zero = c > d && all_zero(weight);
                for (Index begin = 0; begin < p_; begin += strip, ++part)
                    if (!is_zero && share.has(part))
                        block.add_weighted_gram(weight, H.block(c * p_, d * p_, p_, p_), begin,
                                                std::min(p_, begin + strip));
            }
        if (r == 0 || share.index > 0) return;
        const ConstMatrixView<S> mixed = is_uniform_ ? weights : mixed_curvature(curvature, scratch);
        Matrix<S>& cross = scratch.cross;
        cross.setZero(p_, mixed.cols());
        block.add_transposed_times(mixed, cross);
        for (Index l = 0; l < r; ++l)
            for (Index a = 0; a < q; ++a) {
                const Index column = is_uniform_ ? pair_index(std::max(a, l), std::min(a, l), q) : a * r + l;
                for (Index j = 0; j < p_; ++j) H(at + l, a * p_ + j) += cross(j, column);
            }
        add_intercept_curvature(curvature, H, at);
    }
    /// To be called once after the last block: for two slopes of different outputs the p x p part of H is symmetric
    /// too, and half of it was left out.
    void complete(Matrix<S>& H) const {
        for (Index d = 0; d < width(); ++d)
            for (Index c = d + 1; c < width(); ++c)
                for (Index j = 0; j < p_; ++j)
                    for (Index i = j + 1; i < p_; ++i) H(c * p_ + j, d * p_ + i) = H(c * p_ + i, d * p_ + j);
    }

    /// What these rows add to the parts of a matrix that is like that one.
    GRADUS_ONCE void add_parts(RowBlock<S>& block, const ConstMatrixView<S>& curvature, CurvatureParts<S>& parts,
                               PredictorScratch<S>& scratch, const Share& share) const {
        const Index q = width(), strip = std::max<Index>(1, share.strip);
        const ConstMatrixView<S> weights = is_plain_ ? curvature : reduce_curvature(curvature, scratch);
        if (parts.are_diagonal) {
            for (Index c = 0; c < q; ++c)
                if (share.has(c)) block.add_weighted_squares(weights.col(pair_index(c, c, q)), parts.slopes.col(c));
        } else {
            Vector<S> trace = Vector<S>::Zero(weights.rows());
            for (Index c = 0; c < q; ++c)
                add_multiple(S(1), &weights.coeffRef(0, pair_index(c, c, q)), trace.data(), trace.size());
            for (Index begin = 0, part = 0; begin < p_; begin += strip, ++part)
                if (share.has(part)) block.add_weighted_gram(trace, parts.slopes, begin, std::min(p_, begin + strip));
        }
        if (share.index > 0) return;
        for (Index d = 0; d < q; ++d)
            for (Index c = d; c < q; ++c) parts.outputs(c, d) += weights.col(pair_index(c, d, q)).sum();
        add_intercept_curvature(curvature, parts.intercepts, 0);
    }
    /// What add_coefficient_curvature() adds to the diagonal of the slopes: p x q.
    Matrix<S> coefficient_curvature_diagonal(const Matrix<S>& h) const {
        return product<S>(h, Matrix<S>(R_.cwiseProduct(R_).transpose()));
    }

    /// gradient += the adjoint of coefficients(), applied to G (p x m).
    void add_coefficient_gradient(const Matrix<S>& G, Vector<S>& gradient) const {
        auto out = slopes(gradient);
        if (has_coefficients_) return add_multiple(S(1), G.data(), out.data(), G.size());
        add_product<S>(G, R_.transpose(), out);
    }
    /// Lower triangle of H += the adjoint of coefficients(), with diag(h) between, h: p x m.
    void add_coefficient_curvature(const Matrix<S>& h, Matrix<S>& H) const {
        for (Index j = 0; j < p_; ++j)
            for (Index d = 0; d < width(); ++d)
                for (Index c = d; c < width(); ++c)
                    for (Index m = 0; m < R_.cols(); ++m) H(c * p_ + j, d * p_ + j) += R_(c, m) * R_(d, m) * h(j, m);
    }

    /// out += factor times the gradient of eta_c at the row x.
    void add_direction(const Vector<S>& x, Index c, const S& factor, Vector<S>& out) const {
        for (Index a = 0; a < width(); ++a) {
            const S amount = factor * L_(a, c);
            for (Index j = 0; amount != S(0) && j < p_; ++j) out[a * p_ + j] += amount * x[j];
        }
        for (Index l = 0; l < intercepts(); ++l) out[first_intercept() + l] += factor * C_(c, l);
    }

    /// forward() and pullback() with nearly twice the digits, for the last step of a solver: high + low.
    GRADUS_ONCE void forward_exactly(RowBlock<S>& block, const Vector<S>& theta, MatrixView<S> high, MatrixView<S> low,
                                     PredictorScratch<S>& scratch) const {
        if (is_plain_) block.times_exactly(slopes(theta), high, low);
        else {
            scratch.U.resize(high.rows(), width());
            scratch.U_low.resize(high.rows(), width());
            block.times_exactly(slopes(theta), scratch.U, scratch.U_low);
            combine_exactly(scratch.U, L_, high, low);
            add_product<S>(scratch.U_low, L_, low);
        }
        for (Index c = 0; c < outputs(); ++c)
            for (Index l = 0; l < intercepts(); ++l) {
                const S term = C_(c, l) * theta[first_intercept() + l],
                        rest = product_error(C_(c, l), theta[first_intercept() + l], term);
                if (term == S(0)) continue;
                for (Index i = 0; i < high.rows(); ++i) {
                    add_exactly(high(i, c), low(i, c), term);
                    low(i, c) += rest;
                }
            }
    }
    GRADUS_ONCE void pullback_exactly(RowBlock<S>& block, const ConstMatrixView<S>& slope, Vector<S>& high,
                                      Vector<S>& low, PredictorScratch<S>& scratch) const {
        if (is_plain_) block.transposed_times_exactly(slope, slopes(high), slopes(low));
        else {
            scratch.U.resize(slope.rows(), width());
            scratch.U_low.setZero(slope.rows(), width());
            combine_exactly(slope, L_transposed_, scratch.U, scratch.U_low);
            block.transposed_times_exactly(scratch.U, slopes(high), slopes(low));
            block.add_transposed_times(scratch.U_low, slopes(low));
        }
        for (Index l = 0; l < intercepts(); ++l) {
            S sum(0), error(0);
            for (Index c = 0; c < outputs(); ++c)
                for (Index i = 0; C_(c, l) != S(0) && i < slope.rows(); ++i) {
                    const S term = C_(c, l) * slope(i, c);
                    add_exactly(sum, error, term);
                    error += product_error(C_(c, l), slope(i, c), term);
                }
            high[first_intercept() + l] = sum;
            low[first_intercept() + l] = error;
        }
    }

private:
    auto slopes(Vector<S>& theta) const { return Eigen::Map<Matrix<S>>(theta.data(), p_, width()); }
    auto slopes(const Vector<S>& theta) const { return Eigen::Map<const Matrix<S>>(theta.data(), p_, width()); }
    S intercept_of(const Vector<S>& theta, Index c) const {
        S sum(0);
        for (Index l = 0; l < intercepts(); ++l) sum += C_(c, l) * theta[first_intercept() + l];
        return sum;
    }

    static bool is_identity(const Matrix<S>& M) {
        if (M.rows() != M.cols()) return false;
        for (Index c = 0; c < M.cols(); ++c)
            for (Index i = 0; i < M.rows(); ++i)
                if (M(i, c) != S(i == c ? 1 : 0)) return false;
        return true;
    }
    static bool is_transposed(const Matrix<S>& A, const Matrix<S>& B) {
        if (A.rows() != B.cols() || A.cols() != B.rows()) return false;
        for (Index c = 0; c < A.cols(); ++c)
            for (Index i = 0; i < A.rows(); ++i)
                if (A(i, c) != B(c, i)) return false;
        return true;
    }
    static bool all_zero(const ConstVectorView<S>& v) {
        for (Index i = 0; i < v.size(); ++i)
            if (v[i] != S(0)) return false;
        return true;
    }
    // a b - product, which fma knows exactly
    static S product_error(const S& a, const S& b, const S& product) {
        using std::fma;
        return fma(a, b, S(-product));
    }
    // high + low = A B, nearly without error, for small B
    static void combine_exactly(const ConstMatrixView<S>& A, const Matrix<S>& B, MatrixView<S> high,
                                MatrixView<S> low) {
        high.setZero();
        low.setZero();
        for (Index c = 0; c < B.cols(); ++c)
            for (Index a = 0; a < B.rows(); ++a)
                for (Index i = 0; B(a, c) != S(0) && i < A.rows(); ++i) {
                    const S term = A(i, a) * B(a, c);
                    add_exactly(high(i, c), low(i, c), term);
                    low(i, c) += product_error(A(i, a), B(a, c), term);
                }
    }

    // slope L'
    ConstMatrixView<S> by_width(const ConstMatrixView<S>& slope, PredictorScratch<S>& scratch) const {
        scratch.U.resize(slope.rows(), width());
        product<S>(slope, L_transposed_, scratch.U);
        return scratch.U;
    }

    // L (curvature of the row) L', packed
    ConstMatrixView<S> reduce_curvature(const ConstMatrixView<S>& curvature, PredictorScratch<S>& scratch) const {
        const Index q = width(), k = outputs();
        Matrix<S>& out = scratch.reduced;
        out.setZero(curvature.rows(), pair_count(q));
        for (Index d = 0; d < q; ++d)
            for (Index c = d; c < q; ++c)
                for (Index b = 0; b < k; ++b)
                    for (Index a = b; a <= last_beside(b); ++a) {
                        const S factor = a == b ? S(L_(c, a) * L_(d, a)) : S(L_(c, a) * L_(d, b) + L_(c, b) * L_(d, a));
                        if (factor != S(0))
                            add_multiple(factor, &curvature.coeffRef(0, pair_index(a, b, k)),
                                         &out(0, pair_index(c, d, q)), curvature.rows());
                    }
        return out;
    }
    // L (curvature of the row) C, q r columns
    ConstMatrixView<S> mixed_curvature(const ConstMatrixView<S>& curvature, PredictorScratch<S>& scratch) const {
        const Index q = width(), r = intercepts(), k = outputs();
        Matrix<S>& out = scratch.sums;
        out.setZero(curvature.rows(), q * r);
        const auto add = [&](Index pair, Index c, Index l, const S& factor) {
            if (factor != S(0))
                add_multiple(factor, &curvature.coeffRef(0, pair), &out(0, c * r + l), curvature.rows());
        };
        for (Index b = 0; b < k; ++b)
            for (Index a = b; a <= last_beside(b); ++a)
                for (Index c = 0; c < q; ++c) {
                    for (const Index l : intercepts_of(b)) add(pair_index(a, b, k), c, l, L_(c, a) * C_(b, l));
                    if (a == b) continue;
                    for (const Index l : intercepts_of(a)) add(pair_index(a, b, k), c, l, L_(c, b) * C_(a, l));
                }
        return out;
    }
    // to the block of H that begins at row and column `at`
    void add_intercept_curvature(const ConstMatrixView<S>& curvature, Matrix<S>& H, Index at) const {
        const Index k = outputs();
        for (Index b = 0; b < k; ++b)
            for (Index a = b; a <= last_beside(b); ++a) {
                const S* column = &curvature.coeffRef(0, pair_index(a, b, k));
                const S sum = lane_sum<S>(curvature.rows(), [=](Index i) { return column[i]; });
                for (const Index m : intercepts_of(b))
                    for (const Index l : intercepts_of(a)) {
                        const S term = C_(a, l) * C_(b, m) * sum;
                        if (l >= m) H(at + l, at + m) += term;
                        if (a > b && m >= l) H(at + m, at + l) += term;
                    }
            }
    }

    const std::vector<Index>& intercepts_of(Index output) const {
        return intercepts_of_[static_cast<std::size_t>(output)];
    }
    // the last output that may have curvature with this one
    Index last_beside(Index output) const { return std::min(output + reach_, outputs() - 1); }

    Index p_;
    Matrix<S> R_, A_, C_, L_, L_transposed_;
    Index reach_;
    bool is_plain_, has_coefficients_, is_uniform_;  // L = I; R = I, so that W = V; C = L'
    std::vector<std::vector<Index>> intercepts_of_;  // the columns of C that are not zero in a row
};

GRADUS_COMPILE(class Predictor<double>)

}  // namespace gradus
