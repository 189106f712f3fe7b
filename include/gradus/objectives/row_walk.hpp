#pragma once
// One walk over the rows: a block is read, eta computed, and whatever is wanted of it done while it is in cache.

#include <gradus/core/errors.hpp>
#include <gradus/core/pool.hpp>
#include <gradus/data/sample.hpp>
#include <gradus/predictors/predictor.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace gradus {

/// Everything that one worker needs for one block of rows.
template <Scalar S>
struct RowScratch {
    RowBlockScratch<S> block;
    PredictorScratch<S> predictor;
    Matrix<S> y, eta, low, offset, slope, change, curvature;
    Vector<S> s, part, low_part;
};

/// A block of rows with what belongs to it, and scratch of the same height: b x k for slopes, b x k (k + 1) / 2 for
/// curvature.
template <Scalar S>
struct EvaluatedRows {
    RowBlock<S>& block;
    ConstMatrixView<S> y, eta;
    ConstVectorView<S> s;
    RowScratch<S>& scratch;

    Index count() const { return s.size(); }
    MatrixView<S> slope() const { return scratch.slope.topRows(count()); }
    MatrixView<S> curvature() const {
        if (scratch.curvature.rows() < count())
            scratch.curvature.resize(scratch.slope.rows(), pair_count(scratch.slope.cols()));
        return scratch.curvature.topRows(count());
    }
};

/// out += the first rows of A.
template <Scalar S>
void add_columns(const Matrix<S>& A, MatrixView<S> out) {
    for (Index c = 0; c < out.cols(); ++c)
        for (Index i = 0; i < out.rows(); ++i) out(i, c) += A(i, c);
}

/// The rows of a sample in the eyes of a linear predictor. Every sum over them is a reduce() here, so that one thread
/// or many, dense, sparse or streamed features are no concern of those who ask. const in truth: several threads may
/// walk at the same time.
template <Scalar S>
class RowWalk {
public:
    /// Throws InvalidInput where sizes do not fit: sample and predictor may come from anywhere.
    GRADUS_ONCE RowWalk(Sample<S> sample, Predictor<S> predictor)
        : sample_(std::move(sample)), predictor_(std::move(predictor)) {
        const auto expect = [](const char* what, Index rows, Index columns, Index wanted_rows, Index wanted_columns) {
            if (rows != wanted_rows || columns != wanted_columns)
                reject(what, rows, " x ", columns, ", expected ", wanted_rows, " x ", wanted_columns);
        };
        const Index n = sample_.rows();
        expect("X is ", sample_.X.rows(), sample_.X.columns(), n, predictor_.features());
        if (sample_.weights) expect("the weights are ", sample_.weights->rows(), sample_.weights->columns(), n, 1);
        if (sample_.offset)
            expect("the offset is ", sample_.offset->rows(), sample_.offset->columns(), n, predictor_.outputs());
    }

    const Sample<S>& sample() const { return sample_; }
    const Predictor<S>& predictor() const { return predictor_; }
    const Coordinates<S>& coordinates() const { return sample_.X.coordinates(); }
    Index rows() const { return sample_.rows(); }
    Ranges ranges() const { return sample_.X.ranges(); }

    /// The sum of parts over all rows: body(rows, part) for each block, with eta at theta, zero in rows without weight.
    /// See gradus::reduce().
    template <class Part, class Body>
    Part reduce(const Vector<S>& theta, Part zero, Body&& body) const {
        return reduce_all(theta, std::move(zero), [&](const EvaluatedRows<S>& rows, Part& part) {
            sample_.silence(rows.s, rows.scratch.eta.topRows(rows.count()));
            body(rows, part);
        });
    }
    /// The same with eta of all rows: of those without weight it may be of any size.
    template <class Part, class Body>
    Part reduce_all(const Vector<S>& theta, Part zero, Body&& body) const {
        return over_ranges(std::move(zero), [&](Index range, RowScratch<S>& scratch, Part& part) {
            evaluate_range(theta, range, scratch, [&](const EvaluatedRows<S>& rows) { body(rows, part); });
        });
    }
    /// The same with y and s alone: eta is not computed.
    template <class Part, class Body>
    Part reduce(Part zero, Body&& body) const {
        return over_ranges(std::move(zero), [&](Index range, RowScratch<S>& scratch, Part& part) {
            for_each_block<S>(sample_.X, range, scratch.block, [&](RowBlock<S>& block) {
                read(block.first(), block.rows(), scratch);
                body(rows_of(block, block.rows(), scratch), part);
            });
        });
    }
    /// The same without a look at X: body(first row, number of rows, scratch, part), y, s and offset being read.
    template <class Part, class Body>
    Part reduce_targets(Part zero, Body&& body) const {
        return over_ranges(std::move(zero), [&](Index range, RowScratch<S>& scratch, Part& part) {
            const Ranges all = ranges();
            const Index end = all.first(range) + all.rows_of(range);
            for (Index first = all.first(range); first < end; first += sample_.X.block_rows()) {
                if (!sample_.X.takes(first)) continue;
                const Index b = std::min(sample_.X.block_rows(), end - first);
                read(first, b, scratch);
                body(first, b, scratch, part);
            }
        });
    }
    /// body(rows) for each block: it may write what belongs to its rows, and nothing else.
    template <class Body>
    void for_each(const Vector<S>& theta, Body&& body) const {
        over_ranges(Nothing{}, [&](Index range, RowScratch<S>& scratch, Nothing&) {
            evaluate_range(theta, range, scratch, [&](const EvaluatedRows<S>& rows) { body(rows); });
        });
    }

    /// One worker walks over all rows, in order.
    void in_order(const Vector<S>& theta, FunctionRef<const EvaluatedRows<S>&> body) const {
        const auto scratch = lend(1);
        for (Index range = 0; range < ranges().count(); ++range) evaluate_range(theta, range, scratch[0], body);
    }

    /// The given rows, in any order, block by block: at(first, rows), first counting those before. One worker.
    GRADUS_ONCE void at_rows(const Vector<S>& theta, std::span<const Index> list,
                             FunctionRef<Index, const EvaluatedRows<S>&> at) const {
        const auto scratch = lend(1);
        prepare(scratch[0]);
        const Index size = std::min<Index>(sample_.X.block_rows(), max_block_rows),
                    count = static_cast<Index>(list.size());
        for (Index first = 0; first < count; first += size) {
            const Index b = std::min(size, count - first);
            const Index* rows = list.data() + first;
            RowScratch<S>& work = scratch[0];
            for (Index i = 0; i < b; ++i) {
                sample_.copy_targets(rows[i], work.y.middleRows(i, 1));
                sample_.copy_weights(rows[i], work.s.segment(i, 1));
                if (sample_.offset) sample_.copy_offset(rows[i], work.offset.middleRows(i, 1));
            }
            RowBlock<S> block(sample_.X, work.block, {0, b, rows});
            forward(block, theta, work);
            sample_.silence(work.s.head(b), work.eta.topRows(b));
            at(first, rows_of(block, b, work));
        }
    }

    /// eta of all rows, n x k, offset included; of a direction without it.
    GRADUS_ONCE Matrix<S> linear_predictor(const Vector<S>& theta, bool with_offset = true) const {
        Matrix<S> eta(rows(), predictor_.outputs());
        for_each(theta, [&](const EvaluatedRows<S>& block) {
            const Index first = block.block.first();
            for (Index c = 0; c < eta.cols(); ++c)
                for (Index i = 0; i < block.count(); ++i)
                    eta(first + i, c) =
                        block.eta(i, c) - (with_offset || !sample_.offset ? S(0) : block.scratch.offset(i, c));
        });
        return eta;
    }

    /// The adjoint of that map from directions to eta: sum_ic slope(i, c) times the gradient of eta_ic. slope: n x k
    GRADUS_ONCE Vector<S> adjoint(const Matrix<S>& slope) const {
        const auto sum =
            reduce(VectorSum<S>(predictor_.dimension()), [&](const EvaluatedRows<S>& rows, VectorSum<S>& part) {
                add_pullback(rows, slope.middleRows(rows.block.first(), rows.count()), part);
            });
        Vector<S> out(predictor_.dimension());
        sum.mean(S(1), out);
        return out;
    }

    /// part += the gradient of sum_ic slope(i, c) eta_ic over these rows.
    void add_pullback(const EvaluatedRows<S>& rows, const ConstMatrixView<S>& slope, VectorSum<S>& part) const {
        Vector<S>& gradient = rows.scratch.part;
        gradient.setZero();
        predictor_.pullback(rows.block, slope, gradient, rows.scratch.predictor);
        part.add(gradient);
    }

    /// The same in nearly exact products.
    GRADUS_ONCE void add_pullback_exactly(const EvaluatedRows<S>& rows, const ConstMatrixView<S>& slope,
                                          VectorSum<S>& part) const {
        RowScratch<S>& scratch = rows.scratch;
        predictor_.pullback_exactly(rows.block, slope, scratch.part, scratch.low_part, scratch.predictor);
        part.add(scratch.part);
        part.add_low(scratch.low_part);
    }

    /// at(i, add) for each row of the block, i counted from its first; add(c, factor, out) adds factor times the
    /// gradient of eta_c to `out`.
    template <class At>
    void for_each_row(const EvaluatedRows<S>& rows, At&& at) const {
        Vector<S> x(rows.block.columns());
        rows.block.for_each_piece([&](Index first, const ConstMatrixView<S>& X) {
            for (Index i = 0; i < X.rows(); ++i) {
                for (Index j = 0; j < x.size(); ++j) x[j] = X(i, j);
                at(first + i,
                   [&](Index c, const S& factor, Vector<S>& out) { predictor_.add_direction(x, c, factor, out); });
            }
        });
    }

    /// The same for the given rows, which may be named in any order and more than once: at(i, add) for each, i counting
    /// them as they are named. Called in the order of the list, or of the rows where these come from a source.
    template <class At>
    void directions_at(std::span<const Index> list, At&& at) const {
        const Vector<S> origin = Vector<S>::Zero(predictor_.dimension());
        if (!sample_.X.storage().is_streamed())
            return at_rows(origin, list, [&](Index first, const EvaluatedRows<S>& rows) {
                for_each_row(rows, [&](Index i, const auto& add) { at(first + i, add); });
            });
        std::vector<Index> places(list.size());
        for (std::size_t i = 0; i < places.size(); ++i) places[i] = static_cast<Index>(i);
        const auto row_at = [&](Index place) { return list[static_cast<std::size_t>(place)]; };
        std::sort(places.begin(), places.end(), [&](Index a, Index b) { return row_at(a) < row_at(b); });
        auto next = places.begin();
        in_order(origin, [&](const EvaluatedRows<S>& rows) {
            if (next == places.end() || row_at(*next) >= rows.block.first() + rows.count()) return;
            for_each_row(rows, [&](Index i, const auto& add) {
                for (; next != places.end() && row_at(*next) == rows.block.first() + i; ++next) at(*next, add);
            });
        });
    }

    typename Pool<RowScratch<S>>::Lease lend(int workers) const { return pool_.lend(workers); }

    /// Targets, weights and offset of some rows into scratch.
    void read(Index first, Index count, RowScratch<S>& scratch) const {
        prepare(scratch);
        sample_.copy_targets(first, scratch.y.topRows(count));
        sample_.copy_weights(first, scratch.s.head(count));
        if (sample_.offset) sample_.copy_offset(first, scratch.offset.topRows(count));
    }

    GRADUS_NOINLINE void evaluate_range(const Vector<S>& theta, Index range, RowScratch<S>& scratch,
                                        FunctionRef<const EvaluatedRows<S>&> at) const {
        for_each_block<S>(sample_.X, range, scratch.block, [&](RowBlock<S>& block) {
            read(block.first(), block.rows(), scratch);
            forward(block, theta, scratch);
            at(rows_of(block, block.rows(), scratch));
        });
    }

private:
    struct Nothing {
        void merge(const Nothing&) {}
    };

    template <class Part, class Body>
    Part over_ranges(Part zero, Body&& body) const {
        const Executor executor = sample_.walker();
        const auto scratch = lend(executor.workers());
        return gradus::reduce(executor, ranges().count(), std::move(zero),
                              [&](Index range, Part& part, int worker) { body(range, scratch[worker], part); });
    }

    void prepare(RowScratch<S>& scratch) const {
        if (scratch.part.size() > 0 || scratch.s.size() > 0) return;
        const Index b = sample_.X.block_rows(), k = predictor_.outputs();
        scratch.y.resize(b, sample_.Y.columns());
        scratch.s.resize(b);
        for (Matrix<S>* matrix : {&scratch.eta, &scratch.low, &scratch.slope, &scratch.change, &scratch.offset})
            matrix->resize(b, k);
        for (Vector<S>* vector : {&scratch.part, &scratch.low_part}) vector->resize(predictor_.dimension());
    }

    void forward(RowBlock<S>& block, const Vector<S>& theta, RowScratch<S>& scratch) const {
        auto eta = scratch.eta.topRows(block.rows());
        predictor_.forward(block, theta, eta, scratch.predictor);
        if (sample_.offset) add_columns<S>(scratch.offset, eta);
    }

    EvaluatedRows<S> rows_of(RowBlock<S>& block, Index count, RowScratch<S>& scratch) const {
        return {block, scratch.y.topRows(count), scratch.eta.topRows(count), scratch.s.head(count), scratch};
    }

    Sample<S> sample_;
    Predictor<S> predictor_;
    Pool<RowScratch<S>> pool_;
};

GRADUS_COMPILE(class RowWalk<double>)

}  // namespace gradus
