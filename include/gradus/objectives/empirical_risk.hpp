#pragma once
// The objective of every model: mean loss of the predictor over the data, plus a penalty.

#include <gradus/core/random.hpp>
#include <gradus/data/sample.hpp>
#include <gradus/losses/loss.hpp>
#include <gradus/numeric/eigenvalue_bound.hpp>
#include <gradus/objectives/ray.hpp>
#include <gradus/objectives/sampled.hpp>
#include <gradus/penalties/penalty.hpp>
#include <gradus/predictors/predictor.hpp>

namespace gradus {

/// out += the first rows of A.
template <Scalar S>
void add_columns(const Matrix<S>& A, MatrixView<S> out) {
    for (Index c = 0; c < out.cols(); ++c)
        for (Index i = 0; i < out.rows(); ++i) out(i, c) += A(i, c);
}

/// Columns c and d of out += the (c, d) part of the packed curvature times v, row by row.
template <Scalar S>
void add_curvature_times(const ConstMatrixView<S>& curvature, const ConstMatrixView<S>& v, Index c, Index d,
                         MatrixView<S> out) {
    const Index pair = pair_index(c, d, v.cols());
    for (Index i = 0; i < v.rows(); ++i) {
        out(i, c) += curvature(i, pair) * v(i, d);
        if (c > d) out(i, d) += curvature(i, pair) * v(i, c);
    }
}

/// F(theta) = (1 / sum s) sum_i s_i loss(y_i, eta_i(theta)) + penalty(W(theta)).
///
/// Each function below is one sweep over X: a block of rows is read, eta computed, the loss and its derivatives taken, and the products
/// with the block done while it is still in cache. The penalty sees the coefficients in the user's scale, whatever the coordinates.
/// Cost of a sweep: O(n p k) for value and gradient, O(n p^2 k^2 / 2) with the Hessian; memory for one block of rows.
/// The scratch is part of the object, so one thread at a time may use it; copies are independent.
template <Loss L, Penalty<typename L::Scalar> P, Predictor<typename L::Scalar> Predictor_>
class EmpiricalRisk {
public:
    using S = typename L::Scalar;
    using Scalar = S;
    static constexpr bool has_curvature = CurvedLoss<L> && CurvedPredictor<Predictor_, S> && SmoothPenalty<P, S>;
    static constexpr bool has_exact_gradient = has_curvature && ExactPredictor<Predictor_, S>;

    GRADUS_ONCE EmpiricalRisk(L loss, P penalty, Predictor_ predictor, Sample<S> sample,
                              Equilibration<S> coordinates = {})
        : loss_(std::move(loss)),
          penalty_(std::move(penalty)),
          predictor_(std::move(predictor)),
          sample_(std::move(sample)),
          blocks_(blocks_of(sample_, std::move(coordinates))) {
        const Index b = blocks_.block_rows(), k = loss_.outputs();
        y_.resize(b, sample_.Y.columns());
        s_.resize(b);
        for (Matrix<S>* scratch : {&eta_, &slope_, &low_, &offset_}) scratch->resize(b, k);
    }

    Index dimension() const { return predictor_.dimension(); }
    const Predictor_& predictor() const { return predictor_; }
    const L& loss() const { return loss_; }
    const P& penalty() const { return penalty_; }
    const Sample<S>& sample() const { return sample_; }
    const Equilibration<S>& coordinates() const { return blocks_.coordinates(); }
    /// The same function of other parameters: those of columns seen in these coordinates.
    GRADUS_ONCE void set_coordinates(Equilibration<S> coordinates) {
        blocks_ = blocks_of(sample_, std::move(coordinates));
    }

    /// See relative_gradient(); empty: not known.
    const Vector<S>& gradient_scale() const { return gradient_scale_; }
    void set_gradient_scale(Vector<S> scale) { gradient_scale_ = std::move(scale); }

    S value(const Vector<S>& theta) const {
        Sum<S> sum;
        sweep(theta, [&](const Rows& rows) { sum.add(loss_.value(rows.y, rows.eta, rows.s)); });
        return sum.value() / sample_.total_weight + penalty_value(theta);
    }

    S value_and_gradient(const Vector<S>& theta, Vector<S>& gradient) const {
        Sum<S> sum;
        VectorSum<S> gradients(dimension());
        part_.resize(dimension());
        sweep(theta, [&](const Rows& rows) {
            auto slope = slope_.topRows(rows.eta.rows());
            sum.add(loss_.value_and_slope(rows.y, rows.eta, rows.s, slope));
            part_.setZero();
            predictor_.pullback(rows.block, slope, part_);
            gradients.add(part_);
        });
        gradients.mean(sample_.total_weight, gradient);
        add_penalty_gradient(theta, gradient);
        return sum.value() / sample_.total_weight + penalty_value(theta);
    }

    S value_gradient_hessian(const Vector<S>& theta, Vector<S>& gradient, Matrix<S>& H) const requires has_curvature {
        Sum<S> sum;
        VectorSum<S> gradients(dimension());
        part_.resize(dimension());
        H.setZero(dimension(), dimension());
        curvature_.resize(blocks_.block_rows(), pair_count(loss_.outputs()));
        sweep(theta, [&](const Rows& rows) {
            auto slope = slope_.topRows(rows.eta.rows());
            auto curvature = curvature_.topRows(rows.eta.rows());
            sum.add(loss_.derivatives(rows.y, rows.eta, rows.s, slope, curvature));
            rows.block.dense();  // shifted and scaled once for all three products
            part_.setZero();
            predictor_.pullback(rows.block, slope, part_);
            gradients.add(part_);
            predictor_.sandwich(rows.block, curvature, H);
        });
        if constexpr (requires { predictor_.complete(H); }) predictor_.complete(H);
        for (Index j = 0; j < H.size(); ++j) H.data()[j] /= sample_.total_weight;
        add_penalty_curvature(theta, H);
        for (Index j = 0; j < H.cols(); ++j)
            for (Index i = 0; i < j; ++i) H(i, j) = H(j, i);
        gradients.mean(sample_.total_weight, gradient);
        add_penalty_gradient(theta, gradient);
        return sum.value() / sample_.total_weight + penalty_value(theta);
    }

    void hessian(const Vector<S>& theta, Matrix<S>& H) const requires has_curvature {
        Vector<S> unused(dimension());
        value_gradient_hessian(theta, unused, H);
    }

    /// out = H(theta) v in two products with X instead of p.
    void hessian_product(const Vector<S>& theta, const Vector<S>& v, Vector<S>& out) const requires has_curvature {
        const Index k = loss_.outputs();
        VectorSum<S> products(dimension());
        part_.resize(dimension());
        curvature_.resize(blocks_.block_rows(), pair_count(k));
        sweep(theta, [&](const Rows& rows) {
            auto slope = slope_.topRows(rows.eta.rows()), image = low_.topRows(rows.eta.rows());
            auto curvature = curvature_.topRows(rows.eta.rows());
            loss_.derivatives(rows.y, rows.eta, rows.s, slope, curvature);
            predictor_.forward(rows.block, v, image);
            slope.setZero();
            for (Index d = 0; d < k; ++d)
                for (Index c = d; c < k; ++c) add_curvature_times<S>(curvature, image, c, d, slope);
            part_.setZero();
            predictor_.pullback(rows.block, slope, part_);
            products.add(part_);
        });
        products.mean(sample_.total_weight, out);
        if constexpr (!ZeroPenalty<P>) {
            Matrix<S> curvature = penalty_curvature(theta);
            const Matrix<S> V = predictor_.coefficients(v);
            for (Index c = 0; c < V.cols(); ++c)
                for (Index j = 0; j < V.rows(); ++j) curvature(j, c) *= V(j, c);
            predictor_.add_coefficient_gradient(curvature, out);
        }
    }

    /// The gradient to nearly full accuracy, for the last steps of a solver. In ordinary arithmetic its error is of the order of one rounding
    /// of the *summands*, which at the optimum cancel; on badly conditioned data that error, times the inverse Hessian, is what limits the
    /// correct digits. Here products with X are exact to some 20 further bits. About four times the cost of value_and_gradient.
    S exact_gradient(const Vector<S>& theta, Vector<S>& gradient) const requires has_exact_gradient {
        Sum<S> sum;
        VectorSum<S> gradients(dimension());
        curvature_.resize(blocks_.block_rows(), pair_count(loss_.outputs()));
        part_.resize(dimension());
        low_part_.resize(dimension());
        const Index k = loss_.outputs();
        visit([&](RowBlock<S>& block) {
            const Index b = block.rows();
            auto eta = eta_.topRows(b), low = low_.topRows(b), slope = slope_.topRows(b);
            auto curvature = curvature_.topRows(b);
            read(block);
            predictor_.forward_exactly(block, theta, eta, low);
            if (sample_.offset)
                for (Index c = 0; c < k; ++c)
                    for (Index i = 0; i < b; ++i) add_exactly(eta(i, c), low(i, c), S(offset_(i, c)));
            renormalise<S>(eta, low);
            if (!sample_.target_coordinates.is_identity()) {  // squared loss: a function of eta - y
                sample_.copy_target_remainder(block.first(), slope);
                for (Index c = 0; c < k; ++c)
                    for (Index i = 0; i < b; ++i) low(i, c) -= slope(i, c);
            }
            sum.add(loss_.derivatives(y_.topRows(b), eta, s_.head(b), slope, curvature));
            for (Index d = 0; d < k; ++d)  // first-order effect of what eta had to leave out
                for (Index c = d; c < k; ++c) add_curvature_times<S>(curvature, low, c, d, slope);
            predictor_.pullback_exactly(block, slope, part_, low_part_);
            gradients.add(part_);
            gradients.add_low(low_part_);
        });
        gradients.mean(sample_.total_weight, gradient);
        add_penalty_gradient(theta, gradient);
        return sum.value() / sample_.total_weight + penalty_value(theta);
    }

    /// A random draw of the error that is left in exact_gradient: each row's slope is rounded, here to either side by epsilon. Times the inverse
    /// Hessian it tells how many digits of the parameters the arithmetic can give; without it reports claimed up to four too many.
    GRADUS_ONCE void draw_gradient_rounding(const Vector<S>& theta, Vector<S>& out) const {
        Random signs;
        VectorSum<S> sum(dimension());
        part_.resize(dimension());
        sweep(theta, [&](const Rows& rows) {
            auto slope = slope_.topRows(rows.eta.rows());
            loss_.value_and_slope(rows.y, rows.eta, rows.s, slope);
            for (Index c = 0; c < slope.cols(); ++c)
                for (Index i = 0; i < slope.rows(); ++i) slope(i, c) *= signs.bits() & 1 ? epsilon<S> : S(-epsilon<S>);
            part_.setZero();
            predictor_.pullback(rows.block, slope, part_);
            sum.add(part_);
        });
        sum.mean(sample_.total_weight, out);
    }

    /// A proven upper bound of the largest eigenvalue of the Hessian, for every theta: max_curvature of the loss times the largest eigenvalue of
    /// sum_i s_i J_i'J_i / sum s (J_i: the linear map from theta to eta_i; for one output its row is (x_i, 1)), plus the penalty. The rounding of
    /// all sums is part of the bound. One sweep of O(n p^2 k^2 / 2), O(d^3 / 3) and d^2 numbers, three times. -1 when nothing is proven: the
    /// loss has no such bound, the curvature of the penalty is not constant, or d is beyond `largest_dimension`.
    GRADUS_ONCE S curvature_bound(Index largest_dimension = 4096) const requires has_curvature {
        const S most = S(max_curvature_of(loss_));
        const Index d = dimension(), k = loss_.outputs(), n = sample_.rows();
        if (!(most >= S(0)) || !has_constant_curvature<S>(penalty_) || d > largest_dimension) return S(-1);
        Matrix<S> G = Matrix<S>::Zero(d, d);
        curvature_.resize(blocks_.block_rows(), pair_count(k));
        visit([&](RowBlock<S>& block) {
            sample_.copy_weights(block.first(), s_.head(block.rows()));
            auto curvature = curvature_.topRows(block.rows());
            for (Index c = 0; c < k; ++c)
                for (Index e = c; e < k; ++e)
                    for (Index i = 0; i < block.rows(); ++i)
                        curvature(i, pair_index(e, c, k)) = e == c ? S(most * s_[i]) : S(0);
            predictor_.sandwich(block, curvature, G);
        });
        if constexpr (requires { predictor_.complete(G); }) predictor_.complete(G);
        G /= sample_.total_weight;
        S trace(0);
        for (Index j = 0; j < d; ++j) trace += G(j, j);
        add_penalty_curvature(Vector<S>::Zero(d), G);
        for (Index j = 0; j < d; ++j)
            for (Index i = 0; i < j; ++i) G(i, j) = G(j, i);
        // each entry is a sum within blocks, of blocks, of products of a few factors: |error| <= that many roundings of |J|'S|J|, whose norm
        // is at most the trace (Higham, Accuracy and Stability of Numerical Algorithms, 2002, 3.5)
        const Index b = std::max<Index>(1, blocks_.block_rows());
        return eigenvalue_bound<S>(G, S(static_cast<double>(b + n / b + 4 * k + 8)) * epsilon<S> * trace);
    }

    /// F along theta + t d at a cost of O(n k) per point: eta is linear in t, so X theta and X d are all that is needed. 2 n k numbers.
    auto ray(const Vector<S>& theta, const Vector<S>& d) const { return Ray(*this, theta, d); }

    /// The size of each component of the gradient if the rows' slopes at theta did not cancel: root mean square of column times root mean square
    /// of slope, plus the size of the penalty's part. At an optimum the gradient is small beside it; where it is small only because every
    /// slope is, as on nearly separated classes, it is not. `columns`: root mean square of each parameter's column (dimension() numbers).
    GRADUS_ONCE Vector<S> uncancelled_gradient(const Vector<S>& theta, const Vector<S>& columns) const {
        using std::abs, std::sqrt;
        Sum<S> sum;
        sweep(theta, [&](const Rows& rows) {
            auto slope = slope_.topRows(rows.eta.rows());
            loss_.value_and_slope(rows.y, rows.eta, rows.s, slope);
            for (Index c = 0; c < slope.cols(); ++c)
                for (Index i = 0; i < slope.rows(); ++i)
                    if (rows.s[i] > S(0)) sum.add(slope(i, c) * slope(i, c) / rows.s[i]);
        });
        const S slope = sqrt(sum.value() / sample_.total_weight);
        Vector<S> size = Vector<S>::Zero(dimension());
        add_penalty_gradient(theta, size);
        for (Index j = 0; j < size.size(); ++j) size[j] = abs(size[j]) + columns[j] * slope;
        return size;
    }

    // Sampled and SlopeSampled: f_i = (n s_i / sum s) loss(y_i, eta_i) + penalty.

    Index samples() const { return sample_.rows(); }
    Index slopes_per_sample() const { return loss_.outputs(); }

    /// The mean gradient over the given rows, the penalty's included. O(rows p k).
    void sample_gradient(const Vector<S>& theta, std::span<const Index> rows, Vector<S>& gradient) const {
        gradient.setZero(dimension());
        const auto size = static_cast<std::size_t>(blocks_.block_rows());
        for (std::size_t first = 0; first < rows.size(); first += size)
            gather(theta, rows.subspan(first, std::min(size, rows.size() - first)), [&](const Rows& block) {
                auto slope = slope_.topRows(block.eta.rows());
                loss_.value_and_slope(block.y, block.eta, block.s, slope);
                predictor_.pullback(block.block, slope, gradient);
            });
        const S share = row_share() / S(static_cast<double>(rows.size()));
        for (Index j = 0; j < gradient.size(); ++j) gradient[j] *= share;
        add_penalty_gradient(theta, gradient);
    }

    void exchange_slopes(const Vector<S>& theta, Index row, VectorView<S> kept, Vector<S>& change) const {
        change.setZero(dimension());
        gather(theta, std::span<const Index>(&row, 1), [&](const Rows& block) {
            auto slope = slope_.topRows(1);
            loss_.value_and_slope(block.y, block.eta, block.s, slope);
            for (Index c = 0; c < slope.cols(); ++c) {
                const S now = slope(0, c) * row_share(), old = kept[c];
                kept[c] = now;
                slope(0, c) = now - old;
            }
            predictor_.pullback(block.block, slope, change);
        });
    }

    void add_common_gradient(const Vector<S>& theta, Vector<S>& gradient) const {
        add_penalty_gradient(theta, gradient);
    }

    /// max_curvature * max_i (n s_i / sum s) |J_i|^2 + the penalty's largest curvature at W = 0, J_i being the map from theta to eta_i: for a linear
    /// predictor |J_i|^2 = |x_i|^2 + 1 with intercept. -1 when the loss does not know its curvature. For k > 1 the norm of the k x k matrix A = J_i J_i'
    /// is bounded by trace(A^64)^(1/64), at most k^(1/64) times too large.
    S sample_curvature_bound() const {
        const double curvature = max_curvature_of(loss_);
        if (curvature < 0) return S(-1);
        S largest(0);
        const Index k = loss_.outputs();
        Matrix<S> unit = Matrix<S>::Zero(1, k), images(dimension(), k);
        Vector<S> image(dimension());
        const Vector<S> zero = Vector<S>::Zero(dimension());
        for (Index i = 0; i < samples(); ++i)
            gather(zero, std::span<const Index>(&i, 1), [&](const Rows& row) {
                for (Index c = 0; c < k; ++c) {
                    unit(0, c) = S(1);
                    image.setZero();
                    predictor_.pullback(row.block, unit, image);
                    for (Index j = 0; j < image.size(); ++j) images(j, c) = image[j];
                    unit(0, c) = S(0);
                }
                const S bound = row.s[0] * norm_bound(transposed_product<S>(images, images));
                if (bound > largest) largest = bound;
            });
        return S(curvature) * row_share() * largest + penalty_curvature();
    }

    /// eta (n x k), offset included; and the same without the offset for a direction.
    GRADUS_ONCE Matrix<S> linear_predictor(const Vector<S>& theta, bool with_offset = true) const {
        Matrix<S> eta(sample_.rows(), loss_.outputs());
        visit([&](RowBlock<S>& block) {
            auto rows = eta.middleRows(block.first(), block.rows());
            predictor_.forward(block, theta, rows);
            if (with_offset && sample_.offset) {
                sample_.copy_offset(block.first(), offset_.topRows(block.rows()));
                add_columns<S>(offset_, rows);
            }
        });
        return eta;
    }

    /// The adjoint of that map from directions to eta: sum_ic slope(i, c) times the gradient of eta_ic.
    GRADUS_ONCE Vector<S> adjoint(const Matrix<S>& slope) const {
        VectorSum<S> sum(dimension());
        part_.resize(dimension());
        visit([&](RowBlock<S>& block) {
            part_.setZero();
            predictor_.pullback(block, slope.middleRows(block.first(), block.rows()), part_);
            sum.add(part_);
        });
        Vector<S> out(dimension());
        sum.mean(S(1), out);
        return out;
    }

    /// at(i, add) for each row i; add(c, factor, out) adds factor times the gradient of eta_c with respect to theta to `out`.
    template <class At>
    void visit_rows(At&& at) const {
        visit([&](RowBlock<S>& block) { visit_rows(block, at); });
    }
    /// The same for the given rows, in any order and as often as they are named; i counts them.
    template <class At>
    GRADUS_ONCE void visit_rows(std::span<const Index> rows, At&& at) const {
        const auto size = static_cast<std::size_t>(blocks_.block_rows());
        for (std::size_t first = 0; first < rows.size(); first += size)
            blocks_.gather(rows.subspan(first, std::min(size, rows.size() - first)), [&](RowBlock<S>& block) {
                visit_rows(block, [&](Index i, const auto& add) { at(static_cast<Index>(first) + i, add); });
            });
    }

    /// at(i, slope, curvature, r, add) for each row i: row r of `slope` is its slope at theta and row r of `curvature` its packed curvature, both
    /// times s_i; add as in visit_rows().
    template <class At>
    void visit_derivatives(const Vector<S>& theta, At&& at) const requires has_curvature {
        curvature_.resize(blocks_.block_rows(), pair_count(loss_.outputs()));
        Vector<S> x(sample_.features());
        sweep(theta, [&](const Rows& rows) {
            auto slope = slope_.topRows(rows.eta.rows());
            auto curvature = curvature_.topRows(rows.eta.rows());
            loss_.derivatives(rows.y, rows.eta, rows.s, slope, curvature);
            const auto X = rows.block.dense();
            for (Index r = 0; r < rows.eta.rows(); ++r) {
                for (Index j = 0; j < x.size(); ++j) x[j] = X(r, j);
                at(rows.block.first() + r, slope, curvature, r,
                   [&](Index c, const S& factor, Vector<S>& out) { predictor_.add_direction(x, c, factor, out); });
            }
        });
    }

    /// W in the user's scale, p x k.
    Matrix<S> user_coefficients(const Vector<S>& theta) const {
        Matrix<S> W = predictor_.coefficients(theta);
        if (!coordinates().is_identity()) scale_rows(W, coordinates().scale);
        return W;
    }

private:
    GRADUS_ONCE static RowBlocks<S> blocks_of(const Sample<S>& sample, Equilibration<S> coordinates) {
        return sample.X.columns() ? RowBlocks<S>(sample.X, std::move(coordinates)) : RowBlocks<S>(sample.Y.rows());
    }

    // one block of rows, ready for the loss
    struct Rows {
        RowBlock<S>& block;
        ConstMatrixView<S> y, eta;
        ConstVectorView<S> s;
    };

    class Ray {
    public:
        GRADUS_ONCE Ray(const EmpiricalRisk& risk, const Vector<S>& theta, const Vector<S>& d)
            : risk_(&risk),
              eta_(risk.sample_.rows(), risk.loss_.outputs()),
              change_(eta_.rows(), eta_.cols()),
              theta_(theta),
              d_(d) {
            risk.visit([&](RowBlock<S>& block) {
                auto eta = eta_.middleRows(block.first(), block.rows()),
                     change = change_.middleRows(block.first(), block.rows());
                risk.predictor_.forward(block, theta, eta);
                if (risk.sample_.offset) {
                    risk.sample_.copy_offset(block.first(), risk.offset_.topRows(block.rows()));
                    add_columns<S>(risk.offset_, eta);
                }
                risk.predictor_.forward(block, d, change);
            });
        }

        RayPoint<S> operator()(const S& t) const {
            Sum<S> sum, slopes;
            const EmpiricalRisk& risk = *risk_;
            for (Index first = 0; first < eta_.rows(); first += risk.blocks_.block_rows()) {
                const Index b = std::min(risk.blocks_.block_rows(), eta_.rows() - first);
                auto eta = risk.eta_.topRows(b), slope = risk.slope_.topRows(b);
                risk.read(first, b);
                for (Index c = 0; c < eta.cols(); ++c)
                    for (Index i = 0; i < b; ++i) eta(i, c) = eta_(first + i, c) + t * change_(first + i, c);
                sum.add(risk.loss_.value_and_slope(risk.y_.topRows(b), eta, risk.s_.head(b), slope));
                for (Index c = 0; c < eta.cols(); ++c) slopes.add(slope.col(c).dot(change_.col(c).segment(first, b)));
            }
            Vector<S> theta = theta_, gradient = Vector<S>::Zero(theta_.size());
            add_multiple(t, d_, theta);
            risk.add_penalty_gradient(theta, gradient);
            return {sum.value() / risk.sample_.total_weight + risk.penalty_value(theta),
                    slopes.value() / risk.sample_.total_weight + dot(gradient, d_)};
        }

    private:
        const EmpiricalRisk* risk_;
        Matrix<S> eta_, change_;
        Vector<S> theta_, d_;
    };

    void visit(FunctionRef<RowBlock<S>&> at) const { blocks_.for_each(at); }

    template <class At>
    void visit_rows(RowBlock<S>& block, At&& at) const {
        const auto X = block.dense();
        Vector<S> x(X.cols());
        for (Index i = 0; i < block.rows(); ++i) {
            for (Index j = 0; j < x.size(); ++j) x[j] = X(i, j);
            at(block.first() + i,
               [&](Index c, const S& factor, Vector<S>& out) { predictor_.add_direction(x, c, factor, out); });
        }
    }

    void read(Index first, Index rows) const {
        sample_.copy_targets(first, y_.topRows(rows));
        sample_.copy_weights(first, s_.head(rows));
    }
    void read(RowBlock<S>& block) const {
        read(block.first(), block.rows());
        if (sample_.offset) sample_.copy_offset(block.first(), offset_.topRows(block.rows()));
    }

    GRADUS_NOINLINE void sweep(const Vector<S>& theta, FunctionRef<const Rows&> at) const {
        visit([&](RowBlock<S>& block) {
            const Index b = block.rows();
            auto eta = eta_.topRows(b);
            read(block);
            predictor_.forward(block, theta, eta);
            if (sample_.offset) add_columns<S>(offset_, eta);
            at(Rows{block, y_.topRows(b), eta, s_.head(b)});
        });
    }

    // the given rows as one block
    template <class At>
    void gather(const Vector<S>& theta, std::span<const Index> rows, At&& at) const {
        blocks_.gather(rows, [&](RowBlock<S>& block) {
            const Index b = block.rows();
            auto eta = eta_.topRows(b);
            for (Index i = 0; i < b; ++i) {
                const Index row = rows[static_cast<std::size_t>(i)];
                sample_.copy_targets(row, y_.middleRows(i, 1));
                sample_.copy_weights(row, s_.segment(i, 1));
                if (sample_.offset) sample_.copy_offset(row, offset_.middleRows(i, 1));
            }
            predictor_.forward(block, theta, eta);
            if (sample_.offset) add_columns<S>(offset_, eta);
            at(Rows{block, y_.topRows(b), eta, s_.head(b)});
        });
    }

    // what a row of weight 1 counts in a mean over rows
    S row_share() const { return S(static_cast<double>(samples())) / sample_.total_weight; }

    // of a symmetric positive semidefinite matrix; exact for one row
    static S norm_bound(Matrix<S> A) {
        using std::exp, std::log;
        if (A.rows() == 1) return A(0, 0);
        S scale(1), power(1);
        for (int squared = 0;; ++squared, power *= S(2)) {  // norm(first A)^power = scale^power norm(A)
            S trace(0);
            for (Index j = 0; j < A.rows(); ++j) trace += A(j, j);
            if (!(trace > S(0))) return S(0);
            for (Index j = 0; j < A.size(); ++j) A.data()[j] /= trace;
            scale *= exp(log(trace) / power);
            if (squared == 6) return scale;
            A = product<S>(A, A);
        }
    }

    S penalty_curvature() const {
        S largest(0);
        if constexpr (!ZeroPenalty<P> && SmoothPenalty<P, S>) {
            const Matrix<S> W = user_coefficients(Vector<S>::Zero(dimension()));
            Matrix<S> h = Matrix<S>::Zero(W.rows(), W.cols());
            penalty_.add_curvature(Coefficients<S>(W), MatrixView<S>(h));
            if (!coordinates().is_identity())
                for (int factor = 0; factor < 2; ++factor) scale_rows(h, coordinates().scale);
            for (Index j = 0; j < h.size(); ++j)
                if (h.data()[j] > largest) largest = h.data()[j];
        }
        return largest;
    }

    S penalty_value(const Vector<S>& theta) const {
        if constexpr (ZeroPenalty<P>) return S(0);
        else return penalty_.value(Coefficients<S>(user_coefficients(theta)));
    }

    void add_penalty_gradient(const Vector<S>& theta, Vector<S>& gradient) const {
        if constexpr (!ZeroPenalty<P> && SmoothPenalty<P, S>) {
            const Matrix<S> W = user_coefficients(theta);
            Matrix<S> G = Matrix<S>::Zero(W.rows(), W.cols());
            penalty_.add_gradient(Coefficients<S>(W), MatrixView<S>(G));
            if (!coordinates().is_identity()) scale_rows(G, coordinates().scale);
            predictor_.add_coefficient_gradient(G, gradient);
        }
    }

    // a diagonal, in the coordinates of the blocks
    Matrix<S> penalty_curvature(const Vector<S>& theta) const {
        const Matrix<S> W = user_coefficients(theta);
        Matrix<S> h = Matrix<S>::Zero(W.rows(), W.cols());
        penalty_.add_curvature(Coefficients<S>(W), MatrixView<S>(h));
        if (!coordinates().is_identity())
            for (int factor = 0; factor < 2; ++factor) scale_rows(h, coordinates().scale);
        return h;
    }

    void add_penalty_curvature(const Vector<S>& theta, Matrix<S>& H) const {
        if constexpr (!ZeroPenalty<P>) predictor_.add_coefficient_curvature(penalty_curvature(theta), H);
    }

    L loss_;
    P penalty_;
    Predictor_ predictor_;
    Sample<S> sample_;
    Vector<S> gradient_scale_;
    mutable RowBlocks<S> blocks_;
    mutable Vector<S> s_, part_, low_part_;
    mutable Matrix<S> y_, eta_, slope_, low_, offset_, curvature_;
};

}  // namespace gradus
