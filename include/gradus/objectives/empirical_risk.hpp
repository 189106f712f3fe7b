#pragma once
// The objective of every model: mean loss of the predictor over the data, plus a smooth penalty.

#include <gradus/core/random.hpp>
#include <gradus/objectives/preconditioner.hpp>
#include <gradus/objectives/risk_hessian.hpp>
#include <gradus/objectives/risk_ray.hpp>
#include <gradus/objectives/sampled_risk.hpp>

#include <cmath>
#include <vector>

namespace gradus {

/// F(theta) = (1 / sum s) sum_i s_i loss(y_i, eta_i(theta)) + penalty(W(theta)).
///
/// Each function below is one walk over the rows: a block is read, eta computed, the loss and its derivatives taken,
/// and the products with the block done while it is still in cache. The penalty sees the coefficients in the user's
/// scale, whatever the coordinates. Cost of a walk: O(n p k) for value and gradient, O(n p^2 k^2 / 2) with the Hessian;
/// memory for one block of rows and each worker.
///
/// Types of loss and penalty are forgotten; whether they have curvature is part of the type, so that a solver that
/// needs it is refused by the compiler.
template <Scalar S_, bool has_curvature = true>
class EmpiricalRisk : public SampledRisk<S_> {
    using Base = SampledRisk<S_>;

public:
    using S = S_;
    using Scalar = S;

    template <Loss L, class P>
    GRADUS_ONCE EmpiricalRisk(L row_loss, P penalty, Predictor<S> map, Sample<S> rows)
        : EmpiricalRisk(AnyLoss<S>(std::move(row_loss)), smooth_penalty<S>(std::move(penalty)), std::move(map),
                        std::move(rows)) {}
    GRADUS_ONCE EmpiricalRisk(AnyLoss<S> row_loss, AnyPenalty<S> penalty, Predictor<S> map, Sample<S> rows)
        : Base(std::move(row_loss), std::move(penalty), std::move(map), std::move(rows)) {}

    using Base::dimension, Base::walk, Base::loss, Base::predictor, Base::sample, Base::penalty_value;

    S value(const Vector<S>& theta) const {
        const auto sum = walk().reduce(theta, Sum<S>(), [&](const EvaluatedRows<S>& rows, Sum<S>& part) {
            part.add(loss().value(rows.y, rows.eta, rows.s));
        });
        return sum.value() / total() + penalty_value(theta);
    }

    S value_and_gradient(const Vector<S>& theta, Vector<S>& gradient) const {
        const auto sum = walk().reduce(theta, First(dimension()), [&](const EvaluatedRows<S>& rows, First& part) {
            auto slope = rows.slope();
            part.value.add(loss().value_and_slope(rows.y, rows.eta, rows.s, slope));
            walk().add_pullback(rows, slope, part.gradient);
        });
        return take(theta, sum, gradient);
    }

    S value_gradient_hessian(const Vector<S>& theta, Vector<S>& gradient, Matrix<S>& H) const requires has_curvature {
        const S value = is_shared_out() ? value_and_gradient(theta, gradient) : fused(theta, gradient, H);
        if (is_shared_out()) share_out(theta, H);
        predictor().complete(H);
        for (Index j = 0; j < H.size(); ++j) H.data()[j] /= total();
        this->add_penalty_curvature(theta, H);
        for (Index j = 0; j < H.cols(); ++j)
            for (Index i = 0; i < j; ++i) H(i, j) = H(j, i);
        return value;
    }

    void hessian(const Vector<S>& theta, Matrix<S>& H) const requires has_curvature {
        Vector<S> unused(dimension());
        value_gradient_hessian(theta, unused, H);
    }

    /// The same objective, whose Hessians are made in single precision where that is faster: see RowBlock. An error of
    /// 1e-7 in a Hessian leaves a step seven digits less the logarithm of its condition number.
    GRADUS_ONCE EmpiricalRisk with_rounded_hessian() const {
        EmpiricalRisk out = *this;
        out.rounds_hessian_ = RowBlock<S>::gains_gram_by_single_precision(sample().X);
        return out;
    }

    /// out = H(theta) v in three products with X instead of p; in two where many follow one another: see RiskHessian.
    void hessian_product(const Vector<S>& theta, const Vector<S>& v, Vector<S>& out) const requires has_curvature {
        RiskHessian<EmpiricalRisk>(*this, theta, false).times(v, out);
    }
    RiskHessian<EmpiricalRisk> hessian_at(const Vector<S>& theta) const requires has_curvature {
        return {*this, theta, true};
    }

    /// The gradient to nearly full accuracy, for the last steps of a solver. In ordinary arithmetic its error is of the
    /// order of one rounding of the *summands*, which at the optimum cancel; on badly conditioned data that error,
    /// times the inverse Hessian, is what limits the correct digits. Here products with X are exact to some 20 further
    /// bits. About four times the cost of value_and_gradient.
    GRADUS_ONCE S exact_gradient(const Vector<S>& theta, Vector<S>& gradient) const requires has_curvature {
        const auto sum = walk().reduce(First(dimension()), [&](const EvaluatedRows<S>& rows, First& part) {
            RowScratch<S>& scratch = rows.scratch;
            auto eta = MatrixView<S>(scratch.eta.topRows(rows.count())),
                 low = MatrixView<S>(scratch.low.topRows(rows.count()));
            auto slope = rows.slope(), change = MatrixView<S>(scratch.change.topRows(rows.count()));
            predictor().forward_exactly(rows.block, theta, eta, low, scratch.predictor);
            this->add_offset_exactly(rows, eta, low);
            sample().silence(rows.s, eta);
            sample().silence(rows.s, low);
            part.value.add(loss().derivatives_along(rows.y, eta, rows.s, low, slope, change, scratch.curvature));
            add_columns<S>(scratch.change, slope);  // first-order effect of what eta had to leave out
            walk().add_pullback_exactly(rows, slope, part.gradient);
        });
        return take(theta, sum, gradient);
    }

    /// Random draws of the error that is left in a gradient, one in each of `draws` columns, d x draws: the slope of
    /// each row is wrong by epsilon to either side, and eta by as much as the rounding of its sum leaves, nearly
    /// nothing in exact_gradient. In coordinates in which columns are at most one in size. Times the inverse Hessian
    /// they tell how many digits of the parameters the arithmetic can give; without them reports claimed up to four too
    /// many, and with a single one up to three.
    ///
    /// Of many rows a part is drawn, and stands for all: errors of independent signs add up as the root of their
    /// number. Of 20000 x 20 numbers a quarter: the draws were 28 % of a least-squares fit, and are 7 %.
    template <int draws>
    GRADUS_ONCE Matrix<S> draw_gradient_rounding(const Vector<S>& theta, bool is_exact) const requires has_curvature {
        using std::sqrt;
        // with weights a few rows may count for all others
        const bool is_weighted = sample().weights.has_value();
        const Index block = is_weighted ? sample().X.block_rows() : 64, least = is_weighted ? 64 : 32,
                    stride = blocks() == 1 ? 1 : std::min<Index>(8, sample().rows() / (least * block));
        if (stride > 1 && sample().X.stride() == 1)
            return thinned(stride, block).template draw_gradient_rounding<draws>(theta, is_exact) /
                   sqrt(S(static_cast<int>(stride)));
        const Vector<S> wrong = rounding_of_eta(theta, is_exact);
        Draws zero{std::vector<VectorSum<S>>(draws, VectorSum<S>(dimension()))};
        const auto sums = walk().reduce(theta, std::move(zero), [&](const EvaluatedRows<S>& rows, Draws& part) {
            Random random(static_cast<std::uint64_t>(rows.block.first()) + 1);
            const auto sign = [&] { return random.bits() & 1 ? S(1) : S(-1); };
            auto slope = rows.slope();
            const Index k = wrong.size();
            Matrix<S> low(rows.count(), draws * k), sign_of_slope(rows.count(), draws * k),
                change(rows.count(), draws * k);
            for (Index c = 0; c < low.cols(); c += k) {
                for (Index l = 0; l < k; ++l)
                    for (Index i = 0; i < low.rows(); ++i) low(i, c + l) = sign() * wrong[l];
                for (Index l = 0; l < k; ++l)
                    for (Index i = 0; i < low.rows(); ++i) sign_of_slope(i, c + l) = sign();
            }
            loss().derivatives_along(rows.y, rows.eta, rows.s, low, slope, change, rows.scratch.curvature);
            for (Index c = 0; c < low.cols(); ++c)
                for (Index i = 0; i < low.rows(); ++i)
                    change(i, c) += sign_of_slope(i, c) * epsilon<S> * slope(i, c % k);
            for (std::size_t m = 0; m < part.sums.size(); ++m)
                walk().add_pullback(rows, change.middleCols(static_cast<Index>(m) * k, k), part.sums[m]);
        });
        Matrix<S> out(dimension(), draws);
        for (Index m = 0; m < draws; ++m) sums.sums[static_cast<std::size_t>(m)].mean(total(), out.col(m).data());
        return out;
    }

    /// The same objective over one block of rows in `stride`: see Design::takes().
    GRADUS_ONCE EmpiricalRisk thinned(Index stride, Index block_rows = 0) const {
        Sample<S> some = sample();
        some.X = some.X.thinned(stride, block_rows);
        some.total_weight =
            RowWalk<S>(some, predictor())
                .reduce(Sum<S>(), [](const EvaluatedRows<S>& rows, Sum<S>& part) { part.add(rows.s.sum()); })
                .value();
        EmpiricalRisk out(loss(), this->penalty(), predictor(), std::move(some));
        out.set_gradient_scale(this->gradient_scale());
        out.rounds_hessian_ = rounds_hessian_;
        return out;
    }
    /// Into how many blocks thinned() can cut the rows; 1 where they come from a source, which has to read them all.
    Index blocks() const {
        const Design<S>& X = sample().X;
        return X.storage().is_streamed() ? 1 : X.rows() / X.block_rows();
    }

    /// A stand-in for the Hessian, from sixteen rows for each feature or all there are. Each worker walks over all of
    /// them and adds its share, as for a Hessian that there may be one of.
    GRADUS_ONCE Preconditioner<S> preconditioner(const Vector<S>& theta) const requires has_curvature {
        const Index p = predictor().features(), n = sample().rows();
        const bool are_diagonal = p > Preconditioner<S>::largest_block || n < 2 * p;  // too few rows tell nothing
        const Index stride = std::min(blocks() / 32, n / std::max<Index>(16 * p, 4096));
        if (stride > 1 && !are_diagonal && sample().X.stride() == 1) return thinned(stride).preconditioner(theta);
        CurvatureParts<S> parts(p, predictor().width(), predictor().intercepts(), are_diagonal);
        const Executor executor = sample().walker();
        executor.for_each(executor.workers(), [&](Index share, int) {
            walk().in_order(theta, [&](const EvaluatedRows<S>& rows) {
                sample().silence(rows.s, rows.scratch.eta.topRows(rows.count()));
                auto curvature = rows.curvature();
                loss().derivatives(rows.y, rows.eta, rows.s, rows.slope(), curvature);
                predictor().add_parts(rows.block, curvature, parts, rows.scratch.predictor,
                                      {share, executor.workers(), strip_of(executor)});
            });
        });
        for (Matrix<S>* sum : {&parts.slopes, &parts.outputs, &parts.intercepts}) *sum /= total();
        const Matrix<S> h = this->penalty().is_zero()
                                ? Matrix<S>()
                                : predictor().coefficient_curvature_diagonal(this->penalty_curvature(theta));
        // It takes as long as p / 8 q products where it is made of all rows; several times that where few of them
        // matter in the end, and what is made anew is more like the Hessian. Softmax, 60000 x 784 x 10, with classes
        // nearly separated: 263 products when it was made anew after p / 8 q of them, 212 so.
        const double price = are_diagonal ? 1 : static_cast<double>(p) / (2 * static_cast<double>(predictor().width()));
        return Preconditioner<S>(std::move(parts), h, price, executor);
    }

    /// Multiplications of a product with X for every output.
    double work() const {
        return static_cast<double>(sample().X.storage().entries()) * static_cast<double>(predictor().outputs());
    }

    /// F along theta + t d at a cost of O(n k) per point: eta is linear in t, so X theta and X d are all that is
    /// needed. 2 n k numbers; where that would be much, or rows are read from a source, each point is a walk instead.
    RiskRay<EmpiricalRisk> ray(const Vector<S>& theta, const Vector<S>& d) const { return {*this, theta, d}; }

private:
    // value and gradient of some rows
    struct First {
        explicit First(Index dimension) : gradient(dimension) {}
        Sum<S> value;
        VectorSum<S> gradient;
        void merge(const First& other) {
            value.merge(other.value);
            gradient.merge(other.gradient);
        }
    };
    // and the lower triangle of their Hessian
    struct Second : First {
        explicit Second(Index dimension) : First(dimension), H(Matrix<S>::Zero(dimension, dimension)) {}
        Matrix<S> H;
        void merge(const Second& other) {
            First::merge(other);
            add_multiple(S(1), other.H.data(), H.data(), H.size());
        }
    };

    struct Draws {
        std::vector<VectorSum<S>> sums;
        void merge(const Draws& other) {
            for (std::size_t m = 0; m < sums.size(); ++m) sums[m].merge(other.sums[m]);
        }
    };

    const S& total() const { return sample().total_weight; }

    // nearly exact products keep half of the digits of the second half (RowBlock::share_of_rounding()); entries and
    // targets that were rounded to S when they were read are wrong by half a digit before anything is computed
    Vector<S> rounding_of_eta(const Vector<S>& theta, bool is_exact) const {
        S part = is_exact ? RowBlock<S>::share_of_rounding(sample().X) : S(1);
        const bool reads_wider = sample().X.storage().rounds_entries() || sample().Y.view().rounds_entries();
        if (reads_wider) part = std::max(part, S(1));
        Vector<S> out = predictor().largest_outputs(theta);
        // what exp and log of eta are wrong by is as good as a change of eta; the slope of squares needs neither
        const S of_functions = loss().separates_outputs() ? S(0) : S(4);
        for (Index c = 0; c < out.size(); ++c) out[c] = (part * out[c] + of_functions) * epsilon<S>;
        return out;
    }

    S take(const Vector<S>& theta, const First& sum, Vector<S>& gradient) const {
        sum.gradient.mean(total(), gradient);
        this->add_penalty_gradient(theta, gradient);
        return sum.value.value() / total() + penalty_value(theta);
    }

    // Hessians that each worker may have one or two of
    bool is_shared_out() const {
        const double bytes = static_cast<double>(dimension()) * static_cast<double>(dimension()) * sizeof(S);
        return walk().ranges().count() > 1 && bytes > 2e6;
    }

    S fused(const Vector<S>& theta, Vector<S>& gradient, Matrix<S>& H) const requires has_curvature {
        auto sum = walk().reduce(theta, Second(dimension()), [&](const EvaluatedRows<S>& rows, Second& part) {
            auto slope = rows.slope();
            auto curvature = rows.curvature();
            part.value.add(loss().derivatives(rows.y, rows.eta, rows.s, slope, curvature));
            if (!rounds_hessian_) rows.block.prepare_for_curvature();
            walk().add_pullback(rows, slope, part.gradient);
            if constexpr (requires { rows.block.use_single_precision(); })
                if (rounds_hessian_) rows.block.use_single_precision();
            predictor().sandwich(rows.block, curvature, part.H, rows.scratch.predictor);
        });
        H = std::move(sum.H);
        return take(theta, sum, gradient);
    }

    // several strips for each worker even out what the triangle makes uneven
    Index strip_of(const Executor& executor) const {
        const Index p = predictor().features();
        return executor.workers() == 1 ? p : std::max<Index>(64, p / (4 * executor.workers()));
    }

    // One H in all: each worker walks over all rows and adds its share of the columns, so that every entry is summed in
    // the order of the rows.
    GRADUS_ONCE void share_out(const Vector<S>& theta, Matrix<S>& H) const requires has_curvature {
        const Executor executor = sample().walker();
        H.setZero(dimension(), dimension());
        executor.for_each(executor.workers(), [&](Index share, int) {
            walk().in_order(theta, [&](const EvaluatedRows<S>& rows) {
                sample().silence(rows.s, rows.scratch.eta.topRows(rows.count()));
                auto curvature = rows.curvature();
                loss().derivatives(rows.y, rows.eta, rows.s, rows.slope(), curvature);
                rows.block.prepare_for_curvature();
                predictor().sandwich(rows.block, curvature, H, rows.scratch.predictor,
                                     {share, executor.workers(), strip_of(executor)});
            });
        });
    }

    bool rounds_hessian_ = false;
};

template <Loss L, class P>
EmpiricalRisk(L, P, Predictor<typename L::Scalar>, Sample<typename L::Scalar>)
    -> EmpiricalRisk<typename L::Scalar, CurvedLoss<L>>;

GRADUS_COMPILE(class EmpiricalRisk<double>)

}  // namespace gradus
