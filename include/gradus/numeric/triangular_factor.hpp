#pragma once
// The triangular factor of a tall matrix, from its rows as they come.

#include <gradus/numeric/lanes.hpp>
#include <gradus/numeric/products.hpp>
#include <gradus/numeric/triangular.hpp>

#include <algorithm>
#include <cmath>

namespace gradus {

/// R (upper triangular, m x m; n x m for n < m, see finish()) with R'R = A'A for the n x m matrix A whose rows have
/// been folded in: sequential TSQR (Demmel, Grigori, Hoemmen, Langou, SIAM J. Sci. Comput. 34 (2012), A206). Each fold
/// is a Householder QR of (R; rows), which leaves the zeros of R alone; columns are taken in panels whose reflections
/// are applied together, I - V T V' (Schreiber and Van Loan, SIAM J. Sci. Stat. Comput. 10 (1989), 53), so that nearly
/// all of the work is matrix products in cache. 2 n m^2 operations, backward stable, no Q.
template <Scalar S>
class TriangularFactor {
public:
    TriangularFactor(Index rows, Index columns)
        : R_(Matrix<S>::Zero(std::min(rows, columns), columns)), is_wide_(rows < columns) {}
    explicit TriangularFactor(Matrix<S> R) : R_(std::move(R)) {}

    const Matrix<S>& R() const { return R_; }

    /// Folds in the rows that another factor stands for.
    void merge(const TriangularFactor& other) {
        Matrix<S> rows = is_wide_ ? Matrix<S>(other.R_.topRows(other.used_)) : other.R_;
        fold(rows);
    }

    /// To be called after the last row. Fewer rows than columns are kept as they are until then: when the leading
    /// columns are dependent, or one of them is zero, a pivot that is nothing but rounding takes the place of a row,
    /// and a part of the columns behind is lost (of rows (0, 1, 4), (0, 7, 1), (0, 5, 6) a rank). Then R is A but for a
    /// reflection: its first row alone has a number in the first column.
    void finish() {
        if (!is_wide_) return;
        Matrix<S> rows = R_;
        TriangularFactor reflected(Matrix<S>(Matrix<S>::Zero(R_.rows(), R_.cols())));
        reflected.fold(rows);
        for (Index j = 0; j < R_.rows(); ++j) {
            const S pivot = reflected.R_(j, j);
            if (!(pivot * pivot > S(1e-6) * dot(&R_(0, j), &R_(0, j), R_.rows()))) return reflect_first_column();
        }
        R_ = std::move(reflected.R_);
    }

    /// Folds in the rows of B (b x m), which is used as scratch.
    GRADUS_NOINLINE void fold(MatrixView<S> B) {
        const Index m = R_.cols();
        if (B.rows() == 0) return;
        if (is_wide_) return append(B);
        for (Index first = 0; first < R_.rows(); first += panel) {
            const Index width = std::min(panel, R_.rows() - first), rest = m - first - width;
            reflect_panel(first, width, B);
            if (rest == 0) break;
            // the reflections of the panel on the columns to its right: W = T'(R_panel + V'B), R_panel -= W, B -= V W
            const auto V = B.middleCols(first, width);
            auto right = B.rightCols(rest);
            W_ = R_.block(first, first + width, width, rest);
            add_transposed_product<S>(V, right, W_);
            W_ = transposed_product<S>(T_.topLeftCorner(width, width), W_);
            for (Index j = 0; j < rest; ++j)
                for (Index i = 0; i < width; ++i) {
                    W_(i, j) = -W_(i, j);
                    R_(first + i, first + width + j) += W_(i, j);
                }
            add_product<S>(V, W_, right);
        }
    }

private:
    static constexpr Index panel = 16;

    void append(const ConstMatrixView<S>& rows) {
        R_.middleRows(used_, rows.rows()) = rows;
        used_ += rows.rows();
    }

    void reflect_first_column() {
        using std::sqrt;
        Vector<S> v = R_.col(0);
        const S length = norm(v), first = v[0] < S(0) ? S(-length) : length;
        if (!(length > S(0))) return;
        v[0] += first;
        const S factor = S(2) / dot(v, v);
        for (Index l = 1; l < R_.cols(); ++l)
            add_multiple(S(-factor * dot(v.data(), &R_(0, l), v.size())), v.data(), &R_(0, l), v.size());
        R_.col(0).setZero();
        R_(0, 0) = -first;
    }

    // Householder reflections for columns first, ..., first + width - 1: pivot in R, the rest of the vector v_j in B. T
    // gathers them.
    void reflect_panel(Index first, Index width, MatrixView<S>& B) {
        using std::sqrt;
        const Index rows = B.rows();
        T_.setZero(panel, panel);
        for (Index a = 0; a < width; ++a) {
            const Index j = first + a;
            S* v = &B(0, j);
            const S tail = dot(v, v, rows), pivot = R_(j, j);
            if (!(tail > S(0))) {  // nothing to annihilate: the identity, tau = 0
                for (Index i = 0; i < rows; ++i) v[i] = S(0);
                continue;
            }
            const S beta = pivot > S(0) ? S(-sqrt(pivot * pivot + tail)) : S(sqrt(pivot * pivot + tail));
            const S tau = (beta - pivot) / beta;
            R_(j, j) = beta;
            for (Index i = 0; i < rows; ++i) v[i] /= pivot - beta;
            for (Index l = j + 1; l < first + width; ++l) {
                const S w = tau * (R_(j, l) + dot(v, &B(0, l), rows));
                R_(j, l) -= w;
                add_multiple(S(-w), v, &B(0, l), rows);
            }
            T_(a, a) = tau;
            for (Index c = 0; c < a; ++c) {
                const S overlap = dot(&B(0, first + c), v, rows);
                for (Index i = 0; i <= c; ++i) T_(i, a) -= tau * T_(i, c) * overlap;
            }
        }
    }

    Matrix<S> R_, T_, W_;
    bool is_wide_ = false;
    Index used_ = 0;  // rows of a wide factor
};

/// Condition number of an upper triangular matrix with its columns scaled to unit length: power iteration for the
/// largest and inverse iteration for the smallest singular value. O(r^2).
template <Scalar S>
GRADUS_ONCE S triangular_condition(Matrix<S> T) {
    using std::sqrt;
    const Index r = T.rows();
    if (r == 0) return S(1);
    const auto normalise = [](Vector<S>& x) {
        const S length = norm(x);
        for (Index j = 0; j < x.size(); ++j) x[j] /= length;
    };
    for (Index j = 0; j < r; ++j) {
        S square(0);
        for (Index i = 0; i <= j; ++i) square += T(i, j) * T(i, j);
        const S length = sqrt(square);
        for (Index i = 0; i <= j; ++i) T(i, j) /= length;
    }
    Vector<S> u(r), v(r), Tu(r);
    for (Index j = 0; j < r; ++j) u[j] = v[j] = S(j % 2 ? 1 : -1) * (S(1) + S(static_cast<int>(j % 7)) / S(8));
    S largest(1), smallest(1);
    for (int round = 0; round < 8; ++round) {
        normalise(u);
        product<S>(T, u, Tu);
        u.setZero();
        add_transposed_product<S>(T, Tu, u);
        largest = sqrt(norm(u));
        normalise(v);
        solve_upper_transposed<S>(T, v);
        solve_upper<S>(T, v);
        smallest = S(1) / sqrt(norm(v));
    }
    return largest / smallest;
}

GRADUS_COMPILE(class TriangularFactor<double>)
GRADUS_COMPILE(double triangular_condition(Matrix<double>))

}  // namespace gradus
