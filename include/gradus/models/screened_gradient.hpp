#pragma once
// The gradient of all features, of which those that cannot matter are not read.

#include <gradus/models/problem.hpp>

#include <span>
#include <vector>

namespace gradus::detail {

/// Mean loss and gradient at a sequence of points where few features have coefficients that are not zero.
///
/// With v_i the slope of row i and s_i its weight, the gradient of feature j is the weighted mean of x_ij v_i, so that
/// between two points, which need not be near an optimum, nor the loss convex,
///
///     |g_j - g_j'| <= rms(x_j) rms(v - v')                                (Cauchy and Schwarz)
///
/// A feature whose coefficient is zero, and whose last known slope is further inside the room that the penalty leaves
/// it than the rows' slopes have moved since, is still inside: all that an optimum asks of it is known, and its column
/// is not read. That is safe as the rules of El Ghaoui et al. (Pac. J. Optim. 8 (2012), 667) and of Ndiaye et al. (J.
/// Mach. Learn. Res. 18 (2017), no. 128, eq. 11) are, whose ball is about a dual point and contains the optimal one;
/// this one is about the slopes that were read last and contains the present ones, so that the duality gap of the
/// present point is exact whatever was left out, and it holds from lambda to lambda. Distances are added up from point
/// to point. 2000 x 10000, 100 lambdas to a hundredth of the largest: what is read amounts to 66 sweeps over X, the
/// working sets among it.
///
/// n q numbers, q the width of the predictor. For X whose columns can be multiplied one by one.
template <class Risk>
class ScreenedGradient {
public:
    using S = typename Risk::Scalar;

    static bool suits(const Risk& risk) {
        const Design<S>& X = risk.sample().X;
        return X.storage().multiplies_columns(X.is_shifted());
    }

    ScreenedGradient(const Problem<S>& problem, const Risk& risk) : risk_(&risk), norm_(sizes(problem, risk)) {
        const Index q = risk.predictor().width();
        way_.setZero(q);
        way_at_reading_.setZero(risk.predictor().first_intercept());
        slopes_.setZero(risk.sample().rows(), q);
    }

    /// A point where the gradient of all features is known.
    void start_at(const Evaluation<S>& at) {
        if (x_.size() == at.x.size() && max_distance(x_.data(), at.x.data(), x_.size()) == S(0)) return;
        Evaluation<S> same{at.x, S(0), at.gradient};
        move_to(at.x, same);
        for (Index l = 0; l < way_at_reading_.size(); ++l) way_at_reading_[l] = way_[l / features()];
    }

    /// To x: value, and the gradient in the intercepts; the others keep what was read last. One product with the
    /// columns that are not zero.
    GRADUS_ONCE void move_to(Vector<S> x, Evaluation<S>& at) {
        using std::sqrt;
        const Predictor<S>& predictor = risk_->predictor();
        const Index q = predictor.width(), r = predictor.intercepts();
        const Sums zero(q, r);
        const Sums sums = risk_->walk().reduce(x, zero, [&](const EvaluatedRows<S>& rows, Sums& part) {
            auto slope = rows.slope();
            part.value.add(risk_->loss().value_and_slope(rows.y, rows.eta, rows.s, slope));
            Vector<S> sum = Vector<S>::Zero(r);
            predictor.pullback_to_intercepts(slope, sum.data());
            part.intercepts.add(sum);
            keep(rows, predictor.pullback_to_width(slope, rows.scratch.predictor), part);
        });
        const S& total = risk_->sample().total_weight;
        at.value = sums.value.value() / total;
        sums.intercepts.mean(total, at.gradient.data() + predictor.first_intercept());
        // rounding of the slopes, a few units of each in its own sign, is in the rounding of what was read
        for (Index a = 0; a < q; ++a) way_[a] += sqrt(sums.moved[a] / total);
        at.x = x_ = std::move(x);
    }

    /// The gradient of these features, from their columns.
    GRADUS_ONCE void read(const std::vector<Index>& features, Evaluation<S>& at) {
        const Sample<S>& sample = risk_->sample();
        const Index q = way_.size(), count = static_cast<Index>(features.size()), each = 64;
        Matrix<S> sums(count, q);
        sample.walker().for_each((count + each - 1) / each, [&](Index part, int) {
            const Index first = part * each, b = std::min(each, count - first);
            const std::span<const Index> some(features.data() + first, static_cast<std::size_t>(b));
            sample.X.storage().transposed_times_columns(some, sample.X.shift(), slopes_, sums.middleRows(first, b));
        });
        for (Index l = 0; l < count; ++l)
            for (Index a = 0; a < q; ++a) {
                const Index j = features[static_cast<std::size_t>(l)], place = a * this->features() + j;
                at.gradient[place] = sums(l, a) * sample.X.coordinates().scale_of(j) / sample.total_weight;
                way_at_reading_[place] = way_[a];
            }
    }

    /// Reads what may be outside the room that `part` leaves it. Then the gradient is exact but for features that are
    /// inside.
    template <class Part>
    void complete(const Part& part, Evaluation<S>& at) {
        read(unsettled(part, at), at);
    }

private:
    struct Sums {
        Sums(Index q, Index r) : intercepts(r), moved(Vector<S>::Zero(q)) {}
        Sum<S> value;
        VectorSum<S> intercepts;
        Vector<S> moved;
        void merge(const Sums& other) {
            value.merge(other.value);
            intercepts.merge(other.intercepts);
            moved += other.moved;
        }
    };

    Index features() const { return norm_.size(); }

    // The root mean square of each column as the risk sees it, a little more for its rounding.
    static Vector<S> sizes(const Problem<S>& problem, const Risk& risk) {
        using std::hypot;
        const ColumnStatistics<S>& columns = problem.prepared.columns;
        Vector<S> out(columns.mean.size());
        for (Index j = 0; j < out.size(); ++j)
            out[j] = hypot(columns.deviation[j], S(columns.mean[j] - risk.coordinates().shift_of(j))) *
                     risk.coordinates().scale_of(j) * S(1.001);
        return out;
    }

    // the slopes of these rows, and how far they have moved
    void keep(const EvaluatedRows<S>& rows, const ConstMatrixView<S>& slope, Sums& part) {
        auto old = slopes_.middleRows(rows.block.first(), rows.count());
        for (Index a = 0; a < slope.cols(); ++a) {
            part.moved[a] += lane_sum<S>(rows.count(), [&](Index i) {
                const S d = slope(i, a) - old(i, a);
                return rows.s[i] > S(0) ? S(d / rows.s[i] * d) : S(0);
            });
            for (Index i = 0; i < rows.count(); ++i) old(i, a) = slope(i, a);
        }
    }

    // Both ends of where a slope may be ask for no move from zero, nor does a slope of zero: then none between them
    // does; nor those of a group that are all at their furthest. Those that are nearly outside are read too, because
    // they may be the reason why an optimum is not the only one.
    template <class Part>
    std::vector<Index> unsettled(const Part& part, const Evaluation<S>& at) const {
        using std::sqrt;
        const S more = S(1) + S(4) * sqrt(epsilon<S>);
        Vector<S> low = at.gradient, high = at.gradient, far = at.gradient, from_low, from_high, from_far;
        for (Index l = 0; l < way_at_reading_.size(); ++l) {
            const S slack = (way_[l / features()] - way_at_reading_[l]) * norm_[l % features()] +
                            S(64) * epsilon<S> * risk_->gradient_scale()[l];
            low[l] = std::min(S(0), S((low[l] - slack) * more));
            high[l] = std::max(S(0), S((high[l] + slack) * more));
            far[l] = high[l] > -low[l] ? high[l] : low[l];
        }
        part.residual(at.x, low, from_low);
        part.residual(at.x, high, from_high);
        part.residual(at.x, far, from_far);
        std::vector<Index> out;
        for (Index j = 0; j < features(); ++j)
            for (Index a = 0; a < way_.size(); ++a)
                if (const Index l = a * features() + j;
                    way_[a] != way_at_reading_[l] &&
                    !(at.x[l] == S(0) && from_low[l] == S(0) && from_high[l] == S(0) && from_far[l] == S(0))) {
                    out.push_back(j);
                    break;
                }
        return out;
    }

    const Risk* risk_;
    Vector<S> norm_, x_;
    Matrix<S> slopes_;                // of the rows at x_, times their weights: n x q
    Vector<S> way_, way_at_reading_;  // how far they have gone; had gone when a feature was read
};

}  // namespace gradus::detail
