#pragma once
// Every product with X, on a block of rows that stays in cache.

#include <gradus/data/design.hpp>
#include <gradus/numeric/power_of_two.hpp>

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace gradus {

namespace detail {

// x + sigma - sigma is x rounded to `bits` bits below the smallest power of two that is at least `bound`; zero, which
// rounds nothing, where sigma would be beyond the range: 1e300 stands in rows without weight alone
template <Scalar S>
S leading_unit(const S& bound, int bits) {
    using std::ldexp;
    const S sigma = ldexp(S(1) / scale_to_one(bound), std::numeric_limits<S>::digits - bits);
    return sigma - sigma == S(0) ? sigma : S(0);
}

// high = A with each column rounded to multiples of 2^-bits times the smallest power of two that bounds it: columns may
// belong to targets of unlike size; A - high is exact
template <Scalar S>
void leading_bits(const ConstMatrixView<S>& A, int bits, Matrix<S>& high) {
    high.resize(A.rows(), A.cols());
    for (Index j = 0; j < A.cols(); ++j) {
        const S* from = &A.coeffRef(0, j);
        const S sigma = leading_unit(A.rows() > 0 ? max_abs(from, A.rows()) : S(0), bits);
        S* GRADUS_RESTRICT to = &high(0, j);
        for (Index i = 0; i < A.rows(); ++i) to[i] = (from[i] + sigma) - sigma;
    }
}

}  // namespace detail

/// What blocks of rows of one worker need beside X, used again from block to block; allocated when first needed.
template <Scalar S>
struct RowBlockScratch {
    Vector<S> scaled;                      // p
    Matrix<S> scaled_matrix;               // p x q
    Matrix<S> dense, weighted, high, low;  // b x p each
    Matrix<float> single, left, right;     // b x p, b x q, p x q
};

/// Rows of X in the coordinates of the design: X_b below is (X - 1 shift') diag(scale), written down where a product
/// needs it, and never for more rows than these.
template <Scalar S>
class RowBlock {
public:
    RowBlock(const Design<S>& design, RowBlockScratch<S>& scratch, const RowSet& rows)
        : design_(&design), scratch_(&scratch), rows_(rows) {}

    /// The first row, of a range.
    Index first() const { return rows_.first; }
    Index rows() const { return rows_.count; }
    Index columns() const { return design_->columns(); }

    /// out = X_b W.   W: p x q, out: b x q
    void times(const ConstMatrixView<S>& W, MatrixView<S> out) {
        if (columns() == 0 || is_zero(W)) return void(out.setZero());
        if constexpr (has_single_precision)
            if (is_single_) return times_in_single_precision(W, out);
        if (is_dense_ || !multiplies(W.cols())) return product<S>(dense(), W, out);
        if (design_->coordinates().is_identity()) return storage().times(rows_, design_->shift(), W, out);
        storage().times(rows_, design_->shift(), scaled(W), out);
    }

    /// out += X_b' R.   R: b x q, out: p x q
    void add_transposed_times(const ConstMatrixView<S>& R, MatrixView<S> out) {
        if (columns() == 0) return;
        if constexpr (has_single_precision)
            if (is_single_) return add_transposed_times_in_single_precision(R, out);
        if (is_dense_ || !multiplies(R.cols())) return add_transposed_product<S>(dense(), R, out, next());
        const Coordinates<S>& coordinates = design_->coordinates();
        if (coordinates.is_identity()) return storage().add_transposed_times(rows_, design_->shift(), R, out);
        Matrix<S>& sum = scratch_->scaled_matrix;
        sum.setZero(columns(), R.cols());
        storage().add_transposed_times(rows_, design_->shift(), R, sum);
        for (Index c = 0; c < out.cols(); ++c)
            for (Index j = 0; j < columns(); ++j) out(j, c) += sum(j, c) * coordinates.scale[j];
    }

    /// Lower triangle of H += X_b' diag(d) X_b, of which the columns [begin, end) alone.   d: b entries of any sign, H:
    /// p x p
    void add_weighted_gram(const ConstVectorView<S>& d, MatrixView<S> H, Index begin, Index end) {
        if (columns() == 0) return;
        if constexpr (has_single_precision)
            if (is_single_) return add_weighted_gram_in_single_precision(d, H, begin, end);
        if (is_sparse()) {
            const Vector<S>& scale = design_->coordinates().scale;
            return storage().add_weighted_gram(rows_, d, scale.size() ? scale.data() : nullptr, begin, end, H);
        }
        const auto X = dense();
        const Index width = end - begin;
        scratch_->weighted.resize(scratch_->dense.rows(), columns());
        for (Index j = begin; j < end; ++j) {
            const S* GRADUS_RESTRICT from = &X.coeffRef(0, j);
            S* GRADUS_RESTRICT to = &scratch_->weighted(0, j);
            for (Index i = 0; i < rows(); ++i) to[i] = from[i] * d[i];
        }
        add_lower_product<S>(X.rightCols(columns() - begin), scratch_->weighted.block(0, begin, rows(), width),
                             H.block(begin, begin, columns() - begin, width));
    }
    void add_weighted_gram(const ConstVectorView<S>& d, MatrixView<S> H) { add_weighted_gram(d, H, 0, columns()); }
    /// out_j += sum_i d_i x_ij^2.   out: p x 1
    GRADUS_ONCE void add_weighted_squares(const ConstVectorView<S>& d, MatrixView<S> out) {
        if (is_sparse() && storage().visits_entries()) {
            const Coordinates<S>& coordinates = design_->coordinates();
            return storage().visit_entries(rows_, [&](Index i, Index j, const S& x) {
                const S number = x * coordinates.scale_of(j);
                out(j, 0) += d[i] * number * number;
            });
        }
        for_each_piece([&](Index first, const ConstMatrixView<S>& X) {
            for (Index j = 0; j < X.cols(); ++j)
                out(j, 0) += lane_sum<S>(X.rows(), [&](Index i) { return d[first + i] * X(i, j) * X(i, j); });
        });
    }

    /// The block as a matrix of its own, b x p.
    ConstMatrixView<S> dense() {
        if (!is_dense_) make_dense();
        return scratch_->dense.topRows(rows());
    }
    /// The same in pieces that fit into cache, for those who look at rows one by one: blocks of a sparse X may be long.
    /// at(first, X), first counted within the block.
    void for_each_piece(FunctionRef<Index, const ConstMatrixView<S>&> at) {
        const Index most = rows_in_cache<S>(columns());
        if (is_dense_ || rows() <= most) return at(0, dense());
        for (Index first = 0; first < rows(); first += most) {
            const Index count = std::min(most, rows() - first);
            RowSet piece = rows_;
            piece.count = count;
            if (rows_.is_range()) piece.first += first, piece.next = 0;
            else piece.list += first;
            RowBlock part(*design_, *scratch_, piece);
            at(first, part.dense());
        }
    }
    /// To be called before several products that gain by it.
    void prepare_for_curvature() {
        if (columns() > 0 && !is_sparse()) dense();
    }

    /// Whether products with so many columns are faster in single precision: where rows are copied for them anyway, to
    /// equilibrated coordinates, in which entries of that range are enough.
    static bool gains_by_single_precision(const Design<S>& design, Index columns) {
        return is_in_range_of_single_precision(design) &&
               !design.storage().multiplies({0, design.block_rows()}, columns, design.is_shifted());
    }
    /// The same of Gram products: where they are not made of the entries that are not zero alone.
    static bool gains_gram_by_single_precision(const Design<S>& design) {
        return is_in_range_of_single_precision(design) &&
               (design.is_shifted() || !design.storage().multiplies_without_dense());
    }
    /// From here on times(), add_transposed_times() and add_weighted_gram() round X_b and the other factor to single
    /// precision, in which they are twice as fast, and are wrong by some 1e-7 of the products of the largest numbers.
    /// Softmax, 60000 x 784 x 10, 42 products with the Hessian: 2.2 s for the whole fit, which takes 2.65 in double
    /// precision.
    GRADUS_NOINLINE void use_single_precision() requires(std::is_same_v<S, double>) {
        if (is_single_ || columns() == 0) return;
        Matrix<float>& out = scratch_->single;
        if (out.rows() < rows() || out.cols() != columns()) out.resize(rows(), columns());
        const bool lies_in_columns = !is_dense_ && rows_.is_range() && storage().column(first(), 0);
        if (!lies_in_columns) dense();
        for (Index j = 0; j < columns(); ++j) {
            const S* x = lies_in_columns ? storage().column(first(), j) : &scratch_->dense(0, j);
            const S shift = lies_in_columns ? design_->coordinates().shift_of(j) : S(0),
                    scale = lies_in_columns ? design_->coordinates().scale_of(j) : S(1);
            float* GRADUS_RESTRICT to = &out(0, j);
            for (Index i = 0; i < rows(); ++i) to[i] = in_range((x[i] - shift) * scale);
        }
        is_single_ = true;
    }

    /// high + low = X_b W with an error far below one rounding. Each factor is split into its leading bits and the
    /// rest; the product of the leading parts is free of error, because no sum of it needs more digits than S has
    /// (Ozaki, Ogita, Oishi, Rump, Numer. Algorithms 59 (2012), 95), and only the small rest is rounded. Three ordinary
    /// products instead of one.
    void times_exactly(const ConstMatrixView<S>& W, MatrixView<S> high, MatrixView<S> low) {
        high.setZero();
        low.setZero();
        if (columns() == 0) return;
        if (is_sparse()) return storage().times_exactly(rows_, scaled(W), high, low);
        split();
        Matrix<S> W_high;
        detail::leading_bits<S>(W, bits(columns()), W_high);
        const Matrix<S>&X_high = scratch_->high, &X_low = scratch_->low;
        add_product<S>(X_high, W_high, high);
        add_product<S>(X_high, W - W_high, low);
        add_product<S>(X_low, W, low);
    }

    /// What is left of one rounding in these products: of the digits of the rest, half.
    static S share_of_rounding(const Design<S>& design) {
        using std::sqrt;
        const Index terms = std::max(design.columns(), design.block_rows());
        return S(2) * sqrt(S(static_cast<double>(terms)) * epsilon<S>);
    }

    /// high + low = X_b' R in the same way; high is free of error.
    void transposed_times_exactly(const ConstMatrixView<S>& R, MatrixView<S> high, MatrixView<S> low) {
        high.setZero();
        low.setZero();
        if (columns() == 0) return;
        if (is_sparse()) {
            storage().transposed_times_exactly(rows_, R, high, low);
            for (Index c = 0; !design_->coordinates().is_identity() && c < high.cols(); ++c)
                for (Index j = 0; j < columns(); ++j) {
                    high(j, c) *= design_->coordinates().scale[j];
                    low(j, c) *= design_->coordinates().scale[j];
                }
            return;
        }
        split();
        Matrix<S> R_high;
        detail::leading_bits<S>(R, bits(rows()), R_high);
        const Matrix<S>&X_high = scratch_->high, &X_low = scratch_->low;
        add_transposed_product<S>(X_high, R_high, high);
        add_transposed_product<S>(X_high, R - R_high, low);
        add_transposed_product<S>(X_low, R, low);
    }

private:
    static constexpr bool has_single_precision = std::is_same_v<S, double>;

    const Storage<S>& storage() const { return design_->storage(); }
    static bool is_in_range_of_single_precision(const Design<S>& design) {
        return has_single_precision && !design.coordinates().is_identity() && !design.has_extreme_scale();
    }
    static bool is_zero(const ConstMatrixView<S>& W) {
        for (Index c = 0; c < W.cols(); ++c)
            for (Index j = 0; j < W.rows(); ++j)
                if (W(j, c) != S(0)) return false;
        return true;
    }
    // a block of a sparse X may be too large to be written down
    bool multiplies(Index columns) const {
        if (design_->has_extreme_scale() && !storage().multiplies_without_dense()) return false;
        return storage().multiplies(rows_, columns, design_->is_shifted());
    }
    bool is_sparse() const { return !is_dense_ && !design_->is_shifted() && storage().multiplies_without_dense(); }

    // only rows without weight have entries beyond the range of single precision
    static float in_range(const S& x) {
        const float out = static_cast<float>(x);
        return out - out == 0.0f ? out : 0.0f;
    }

    // out = A times the power of two that makes its entries one at most; and that power
    static S in_unit_range(const ConstMatrixView<S>& A, Matrix<float>& out) {
        S largest(0);
        for (Index c = 0; c < A.cols(); ++c) largest = std::max(largest, max_abs(&A.coeffRef(0, c), A.rows()));
        const S unit = scale_to_one(largest);
        out.resize(A.rows(), A.cols());
        for (Index c = 0; c < A.cols(); ++c)
            for (Index i = 0; i < A.rows(); ++i) out(i, c) = static_cast<float>(A(i, c) * unit);
        return unit;
    }
    GRADUS_NOINLINE void times_in_single_precision(const ConstMatrixView<S>& W, MatrixView<S> out) {
        const S unit = in_unit_range(W, scratch_->right);
        scratch_->left.resize(rows(), W.cols());
        product<float>(scratch_->single.topRows(rows()), scratch_->right, scratch_->left);
        for (Index c = 0; c < out.cols(); ++c)
            for (Index i = 0; i < rows(); ++i) out(i, c) = S(scratch_->left(i, c)) / unit;
    }
    GRADUS_NOINLINE void add_transposed_times_in_single_precision(const ConstMatrixView<S>& R, MatrixView<S> out) {
        const S unit = in_unit_range(R, scratch_->left);
        scratch_->right.setZero(columns(), R.cols());
        add_transposed_product<float>(scratch_->single.topRows(rows()), scratch_->left, scratch_->right, next());
        for (Index c = 0; c < out.cols(); ++c)
            for (Index j = 0; j < columns(); ++j) out(j, c) += S(scratch_->right(j, c)) / unit;
    }

    GRADUS_NOINLINE void add_weighted_gram_in_single_precision(const ConstVectorView<S>& d, MatrixView<S> H,
                                                               Index begin, Index end) {
        const S unit = scale_to_one(max_abs(d.data(), rows()));
        const Index width = end - begin, height = columns() - begin;
        const Matrix<float>& X = scratch_->single;
        Matrix<float>&weighted = scratch_->left, &gram = scratch_->right;
        weighted.resize(X.rows(), width);
        for (Index j = 0; j < width; ++j)
            for (Index i = 0; i < rows(); ++i) weighted(i, j) = X(i, begin + j) * static_cast<float>(d[i] * unit);
        gram.setZero(height, width);
        add_lower_product<float>(X.block(0, begin, rows(), height), weighted.topRows(rows()), gram);
        for (Index j = 0; j < width; ++j)
            for (Index i = j; i < height; ++i) H(begin + i, begin + j) += S(gram(i, j)) / unit;
    }

    // diag(scale) W
    ConstMatrixView<S> scaled(const ConstMatrixView<S>& W) {
        Matrix<S>& out = scratch_->scaled_matrix;
        out.resize(W.rows(), W.cols());
        for (Index c = 0; c < W.cols(); ++c)
            for (Index j = 0; j < W.rows(); ++j) out(j, c) = W(j, c) * design_->coordinates().scale_of(j);
        return out;
    }

    // The next block where it lies in memory, in columns at one distance as those that were selected need not be, else
    // this one: the last product with a block asks for it while it computes (softmax, 60000 x 784 x 10, 70 walks over
    // the rows: 5.8 s, 5.0 so).
    detail::Columns<const S> next() const {
        const Index first = rows_.first + rows_.ahead(), last = columns() - 1;
        const bool is_there = rows_.is_range() && first + rows() <= design_->rows() && last > 0;
        if (const S* column = is_there ? storage().column(first, 0) : nullptr) {
            const Index stride = storage().column(first, 1) - column;
            if (storage().column(first, last) - column == last * stride) return {column, stride};
        }
        return {scratch_->dense.data(), scratch_->dense.outerStride()};
    }

    void read(Matrix<S>& out) const {
        if (out.rows() < rows() || out.cols() != columns()) out.resize(rows(), columns());
        if (columns() > 0) storage().read(rows_, out.topRows(rows()));
    }

    void make_dense() {
        read(scratch_->dense);
        const Coordinates<S>& coordinates = design_->coordinates();
        for (Index j = 0; !coordinates.is_identity() && j < columns(); ++j) {
            const S shift = coordinates.shift[j], scale = coordinates.scale[j];
            S* x = &scratch_->dense(0, j);
            for (Index i = 0; i < rows(); ++i) x[i] = (x[i] - shift) * scale;
        }
        if (design_->may_overflow()) leave_out_overflow(scratch_->dense);
        is_dense_ = true;
    }

    // only a row without weight has entries so far from the others that they overflow in equilibrated coordinates
    static void leave_out_overflow(Matrix<S>& A) {
        for (Index j = 0; j < A.size(); ++j)
            if (!(A.data()[j] - A.data()[j] == S(0))) A.data()[j] = S(0);
    }

    // leading bits such that sums of `terms` products need no more digits than S has
    static int bits(Index terms) {
        int log_terms = 0;
        while ((Index(1) << log_terms) < terms) ++log_terms;
        return (std::numeric_limits<S>::digits - log_terms) / 2;
    }

    // X_b = high + low, the rounding of x - shift included. Nothing is read twice: a source of rows may be slow.
    void split() {
        if (is_split_) return;
        const Coordinates<S>& coordinates = design_->coordinates();
        Matrix<S>&high = scratch_->high, &low = scratch_->low, &error = scratch_->weighted;
        read(scratch_->dense);
        is_dense_ = true;
        error.setZero(scratch_->dense.rows(), columns());
        for (Index j = 0; !coordinates.is_identity() && j < columns(); ++j) {
            const S shift = -coordinates.shift[j], scale = coordinates.scale[j];
            S* GRADUS_RESTRICT x = &scratch_->dense(0, j);
            S* GRADUS_RESTRICT rest = &error(0, j);
            for (Index i = 0; i < rows(); ++i) {
                S moved = x[i], lost(0);
                add_exactly(moved, lost, shift);
                x[i] = moved * scale;
                rest[i] = lost * scale;
            }
        }
        if (design_->may_overflow()) leave_out_overflow(scratch_->dense), leave_out_overflow(error);
        lead();
        low.resize(rows(), columns());
        for (Index j = 0; j < columns(); ++j) {
            const S *x = &scratch_->dense(0, j), *leading = &high(0, j), *rest = &error(0, j);
            S* GRADUS_RESTRICT to = &low(0, j);
            for (Index i = 0; i < rows(); ++i) to[i] = (x[i] - leading[i]) + rest[i];
        }
        is_split_ = true;
    }

    // The leading bits of all rows end at the same place, so that sums over rows are exact too; but where columns are
    // equilibrated, entries above one stand in rows without weight alone: these are on their own.
    void lead() {
        using std::abs;
        const int most = bits(std::max(columns(), rows()));
        Matrix<S>& high = scratch_->high;
        Vector<S> sigma = Vector<S>::Zero(rows());  // the largest entry of the row, then what rounds the row
        S* GRADUS_RESTRICT of_row = sigma.data();
        for (Index j = 0; j < columns(); ++j) {
            const S* x = &scratch_->dense(0, j);
            for (Index i = 0; i < rows(); ++i) {
                const S size = abs(x[i]);
                of_row[i] = of_row[i] < size ? size : of_row[i];
            }
        }
        const bool is_equilibrated = !design_->coordinates().is_identity();
        S bound(0);
        for (Index i = 0; i < rows(); ++i)
            if (!is_equilibrated || of_row[i] <= S(1)) bound = std::max(bound, of_row[i]);
        const S common = detail::leading_unit(bound, most);
        for (Index i = 0; i < rows(); ++i)
            of_row[i] = of_row[i] > bound ? detail::leading_unit(of_row[i], most) : common;
        high.resize(rows(), columns());
        for (Index j = 0; j < columns(); ++j) {
            const S* x = &scratch_->dense(0, j);
            S* GRADUS_RESTRICT to = &high(0, j);
            for (Index i = 0; i < rows(); ++i) to[i] = (x[i] + of_row[i]) - of_row[i];
        }
    }

    const Design<S>* design_;
    RowBlockScratch<S>* scratch_;
    RowSet rows_;
    bool is_dense_ = false, is_split_ = false, is_single_ = false;
};

/// The blocks of one range that the design takes, in order; `at` is given each once.
template <Scalar S>
GRADUS_NOINLINE void for_each_block(const Design<S>& design, Index range, RowBlockScratch<S>& scratch,
                                    FunctionRef<RowBlock<S>&> at) {
    const Ranges ranges = design.ranges();
    const Index end = ranges.first(range) + ranges.rows_of(range);
    const auto taken = [&](Index first) {
        while (first < end && !design.takes(first)) first += design.block_rows();
        return first;
    };
    for (Index first = taken(ranges.first(range)), next = first; first < end; first = next) {
        next = taken(first + design.block_rows());
        RowBlock<S> block(design, scratch, {first, std::min(design.block_rows(), end - first), nullptr, next});
        at(block);
    }
}

GRADUS_COMPILE(class RowBlock<double>)

}  // namespace gradus
