#pragma once
// The gradient of all features, of which those that cannot matter are not read.

#include <gradus/models/feature_subset.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

namespace gradus::detail {

/// Mean loss and gradient at a sequence of points where few features have coefficients that are not zero.
///
/// With v_i the slope of row i and s_i its weight, the gradient of feature j is the weighted mean of x_ij v_i. So
/// wherever one stands, and however convex the loss is, of two points where it was read, and any two numbers c and c',
///
///     |g_j - c g_j(last) - c' g_j(before)| <= rms(x_j) rms(v - c v(last) - c' v(before))      (Cauchy and Schwarz)
///
/// Least squares over the rows gives c and c': along a path slopes move nearly linearly in lambda, and of how far they
/// move from one lambda to the next a quarter to an eighth is left (2000 x 10000, 100 lambdas). A feature whose
/// coefficient is zero, and whose slope is inside the room that the penalty leaves it wherever it may be, is known for
/// all that an optimum asks of it, and its column is not read. That is safe as the rules of El Ghaoui et al. (Pac. J.
/// Optim. 8 (2012), 667) and of Ndiaye et al. (J. Mach. Learn. Res. 18 (2017), no. 128, eq. 11) are, whose ball is
/// about a dual point and contains the optimal one; this one contains the present slopes, so that the duality gap of
/// the present point is exact whatever was left out, and it holds from lambda to lambda. What is read on that path
/// amounts to 32 sweeps over X, the working sets among it; about the last reading alone, of which distances were added
/// up from point to point, it was 59.
///
/// Ten times n q numbers, q the width of the predictor; with less than 576 features fewer, no more than q / 64 of X and
/// three times n q; and n k for eta. For X whose columns can be multiplied one by one.
template <class Risk>
class ScreenedGradient {
public:
    using S = typename Risk::Scalar;

    static bool suits(const Risk& risk) {
        const Design<S>& X = risk.sample().X;
        return X.storage().multiplies_columns(X.is_shifted());
    }

    ScreenedGradient(const Problem<S>& problem, const Risk& risk)
        : problem_(&problem),
          risk_(&risk),
          norm_(sizes(problem, risk)),
          points_(static_cast<std::size_t>(std::clamp<Index>(norm_.size() / 64, 2, max_points))),
          history_(static_cast<std::size_t>(norm_.size())) {
        slopes_.resize(risk.sample().rows(), risk.predictor().width());
        at_last_.setZero(risk.predictor().first_intercept());
        at_before_ = at_last_;
    }

    /// A point where the gradient of all features is known.
    void start_at(const Evaluation<S>& at) {
        if (x_.size() == at.x.size() && max_distance(x_.data(), at.x.data(), x_.size()) == S(0)) return;
        Evaluation<S> same = at;
        move_to(at.x, same);
        for (Index j = 0; j < features(); ++j) note_reading(j, at.gradient);
    }

    /// To x: value, and the gradient in the intercepts; the others are what the points before tell. One product with
    /// the columns that are not zero.
    GRADUS_ONCE void move_to(Vector<S> x, Evaluation<S>& at) {
        now_ = room_for_a_point();
        Matrix<S>& here = points_[static_cast<std::size_t>(now_)];
        here.resize(slopes_.rows(), width());
        const Predictor<S>& predictor = risk_->predictor();
        const Index r = predictor.intercepts();
        eta_.resize(slopes_.rows(), predictor.outputs());
        const auto support = FeatureSubset<S>::support(predictor, x);
        const Risk few = support.risk(*problem_, *risk_);
        const Sums sums = few.walk().reduce_all(support.of(x), Sums(r), [&](const EvaluatedRows<S>& rows, Sums& part) {
            for (Index c = 0; c < eta_.cols(); ++c)
                for (Index i = 0; i < rows.count(); ++i) eta_(rows.block.first() + i, c) = rows.eta(i, c);
            risk_->sample().silence(rows.s, rows.scratch.eta.topRows(rows.count()));
            auto slope = rows.slope();
            part.value.add(risk_->loss().value_and_slope(rows.y, rows.eta, rows.s, slope));
            Vector<S> sum = Vector<S>::Zero(r);
            predictor.pullback_to_intercepts(slope, sum.data());
            part.intercepts.add(sum);
            keep(rows, predictor.pullback_to_width(slope, rows.scratch.predictor), here);
        });
        const S& total = risk_->sample().total_weight;
        at.value = sums.value.value() / total;
        sums.intercepts.mean(total, at.gradient.data() + predictor.first_intercept());
        at.x = x_ = std::move(x);
        compare_points();
        for (Index j = 0; j < features(); ++j)
            if (const Index last = history(j).last; last >= 0 && last != now_)
                for (Index a = 0; a < width(); ++a) {
                    const Index l = a * features() + j;
                    const Comparison& to = comparison(j, a);
                    at.gradient[l] = to.last * at_last_[l] + to.before * at_before_[l];
                }
    }

    /// eta of all rows at x, n x k, those without weight among them; null: x is not where it stands.
    const Matrix<S>* linear_predictor(const Vector<S>& x) const {
        const bool is_here = x.size() == x_.size() && max_distance(x.data(), x_.data(), x.size()) == S(0);
        return is_here ? &eta_ : nullptr;
    }

    /// The gradient of these features, from their columns.
    GRADUS_ONCE void read(const std::vector<Index>& some_features, Evaluation<S>& at) {
        const Sample<S>& sample = risk_->sample();
        const Index count = static_cast<Index>(some_features.size()), each = 64;
        Matrix<S> sums(count, width());
        sample.walker().for_each((count + each - 1) / each, [&](Index part, int) {
            const Index first = part * each, b = std::min(each, count - first);
            const std::span<const Index> some(some_features.data() + first, static_cast<std::size_t>(b));
            sample.X.storage().transposed_times_columns(some, sample.X.shift(), slopes_, sums.middleRows(first, b));
        });
        for (Index l = 0; l < count; ++l) {
            const Index j = some_features[static_cast<std::size_t>(l)];
            for (Index a = 0; a < width(); ++a)
                at.gradient[a * features() + j] = sums(l, a) * sample.X.coordinates().scale_of(j) / sample.total_weight;
            note_reading(j, at.gradient);
        }
    }

    /// Reads what may be outside the room that `part` leaves it. Then the gradient is exact but for features that are
    /// inside.
    template <class Part>
    void complete(const Part& part, Evaluation<S>& at) {
        read(unsettled(part, at), at);
    }

private:
    static constexpr Index max_points = 9;  // with 5 a path of 100 reads a sixth more, with 13 a twenty-fifth less

    struct Sums {
        explicit Sums(Index r) : intercepts(r) {}
        Sum<S> value;
        VectorSum<S> intercepts;
        void merge(const Sums& other) {
            value.merge(other.value);
            intercepts.merge(other.intercepts);
        }
    };
    /// The points where a feature was read; -1: there is none.
    struct History {
        signed char last = -1, before = -1;
    };
    /// The present slopes are `last` times those at one point and `before` times those at another, but for a rest of
    /// this root mean square.
    struct Comparison {
        S last{0}, before{0}, rest{0};
    };

    Index features() const { return norm_.size(); }
    Index width() const { return slopes_.cols(); }
    History& history(Index j) { return history_[static_cast<std::size_t>(j)]; }
    const History& history(Index j) const { return history_[static_cast<std::size_t>(j)]; }
    static std::size_t place(const History& points, Index a, Index q) {
        return static_cast<std::size_t>((points.last * (max_points + 1) + points.before + 1) * q + a);
    }
    const Comparison& comparison(Index j, Index a) const { return comparisons_[place(history(j), a, width())]; }

    // The root mean square of each column as the risk sees it, a little more for its rounding, and for rows that are
    // left out where the problem says how much.
    static Vector<S> sizes(const Problem<S>& problem, const Risk& risk) {
        using std::hypot, std::sqrt;
        const ColumnStatistics<S>& columns = problem.prepared.columns;
        const S more = S(1.001) / sqrt(problem.prepared.share_of_columns);
        Vector<S> out(columns.mean.size());
        for (Index j = 0; j < out.size(); ++j)
            out[j] = hypot(columns.deviation[j], S(columns.mean[j] - risk.coordinates().shift_of(j))) *
                     risk.coordinates().scale_of(j) * more;
        return out;
    }

    // Slopes of these rows times their weights; and divided by the root of these, so that a mean square is one of
    // numbers.
    void keep(const EvaluatedRows<S>& rows, const ConstMatrixView<S>& slope, Matrix<S>& here) {
        using std::sqrt;
        const Index first = rows.block.first();
        for (Index a = 0; a < slope.cols(); ++a)
            for (Index i = 0; i < rows.count(); ++i) {
                slopes_(first + i, a) = slope(i, a);
                here(first + i, a) = rows.s[i] > S(0) ? S(slope(i, a) / sqrt(rows.s[i])) : S(0);
            }
    }

    void note_reading(Index j, const Vector<S>& gradient) {
        History& points = history(j);
        const bool is_new = points.last != now_;
        if (is_new) points = {static_cast<signed char>(now_), points.last};
        for (Index a = 0; a < width(); ++a) {
            const Index l = a * features() + j;
            if (is_new) at_before_[l] = at_last_[l];
            at_last_[l] = gradient[l];
        }
    }

    // In place of the point that fewest features need: none, or as the first of two, or as their last.
    Index room_for_a_point() {
        std::array<std::pair<Index, Index>, max_points> needed{};
        for (const History& points : history_) {
            if (points.last >= 0) ++needed[static_cast<std::size_t>(points.last)].first;
            if (points.before >= 0) ++needed[static_cast<std::size_t>(points.before)].second;
        }
        const auto least = std::min_element(needed.begin(), needed.begin() + static_cast<Index>(points_.size()));
        const auto out = static_cast<signed char>(least - needed.begin());
        for (Index j = 0; j < features(); ++j) {
            History& points = history(j);
            if (points.last == out) {
                points.last = points.before;
                points.before = -1;
                for (Index a = 0; a < width(); ++a) at_last_[a * features() + j] = at_before_[a * features() + j];
            } else if (points.before == out) points.before = -1;
        }
        return out;
    }

    // of the present slopes with those of each pair of points where a feature was read
    void compare_points() {
        const Index q = width();
        std::vector<History> pairs;
        std::vector<bool> is_seen(static_cast<std::size_t>(max_points * (max_points + 1)), false);
        for (const History& points : history_) {
            if (points.last < 0 || points.last == now_ || is_seen[place(points, 0, 1)]) continue;
            is_seen[place(points, 0, 1)] = true;
            pairs.push_back(points);
        }
        comparisons_.resize(is_seen.size() * static_cast<std::size_t>(q));
        risk_->sample().walker().for_each(static_cast<Index>(pairs.size()) * q, [&](Index i, int) {
            const History& points = pairs[static_cast<std::size_t>(i / q)];
            comparisons_[place(points, i % q, q)] = compare(points, i % q);
        });
    }
    Comparison compare(const History& points, Index a) const {
        using std::sqrt;
        const Index n = slopes_.rows();
        const auto slopes = [&](Index point) { return &points_[static_cast<std::size_t>(point)].coeffRef(0, a); };
        const S *v = slopes(now_), *last = slopes(points.last), *before = last;
        Comparison out;
        const S square = dot(last, last, n), along = dot(last, v, n);
        if (square > S(0)) out.last = along / square;
        if (points.before >= 0) {
            before = slopes(points.before);
            const S both = dot(last, before, n), of_before = dot(before, before, n);
            // what is left of the one before beside the last
            const S left = square > S(0) ? S(of_before - both / square * both) : of_before;
            if (left > S(1000) * epsilon<S> * of_before) {
                out.before = (dot(before, v, n) - out.last * both) / left;
                if (square > S(0)) out.last -= out.before * (both / square);
            }
        }
        out.rest = sqrt(lane_sum<S>(n,
                                    [&](Index i) {
                                        const S d = v[i] - out.last * last[i] - out.before * before[i];
                                        return d * d;
                                    }) /
                        risk_->sample().total_weight);
        return out;
    }

    // Both ends of where a slope may be ask for no move from zero, nor does a slope of zero: then none between them
    // does; nor those of a group that are all at their furthest. Those that are nearly outside are read too, because
    // they may be the reason why an optimum is not the only one.
    template <class Part>
    std::vector<Index> unsettled(const Part& part, const Evaluation<S>& at) const {
        using std::abs, std::isfinite, std::sqrt;
        const S more = S(1) + S(4) * sqrt(epsilon<S>);
        Vector<S> low = at.gradient, high = at.gradient, far = at.gradient, from_low, from_high, from_far;
        std::vector<char> is_unknown(history_.size(), false);
        for (Index l = 0; l < at_last_.size(); ++l) {
            const Index j = l % features(), a = l / features();
            S slack = S(64) * epsilon<S> * risk_->gradient_scale()[l];
            if (history(j).last != now_) {
                const Comparison to = history(j).last >= 0 ? comparison(j, a) : Comparison{S(0), S(0), S(-1)};
                slack = to.rest * norm_[j] + (S(1) + abs(to.last) + abs(to.before)) * slack;
                if (!(to.rest >= S(0)) || !isfinite(slack))
                    is_unknown[static_cast<std::size_t>(j)] = true, slack = S(0);
            }
            low[l] = std::min(S(0), S((low[l] - slack) * more));
            high[l] = std::max(S(0), S((high[l] + slack) * more));
            far[l] = high[l] > -low[l] ? high[l] : low[l];
        }
        part.residual(at.x, low, from_low);
        part.residual(at.x, high, from_high);
        part.residual(at.x, far, from_far);
        const auto asks_for_none = [&](Index l) {
            return at.x[l] == S(0) && from_low[l] == S(0) && from_high[l] == S(0) && from_far[l] == S(0);
        };
        std::vector<Index> out;
        for (Index j = 0; j < features(); ++j) {
            if (history(j).last == now_) continue;
            bool is_settled = !is_unknown[static_cast<std::size_t>(j)];
            for (Index a = 0; a < width(); ++a) is_settled = is_settled && asks_for_none(a * features() + j);
            if (!is_settled) out.push_back(j);
        }
        return out;
    }

    const Problem<S>* problem_;
    const Risk* risk_;
    Vector<S> norm_, x_;
    Matrix<S> eta_;                  // of all rows at x_
    Matrix<S> slopes_;               // of the rows at x_, times their weights: n x q
    std::vector<Matrix<S>> points_;  // slopes there, divided by the roots of the weights
    Index now_ = 0;                  // the one that is x_
    std::vector<History> history_;
    Vector<S> at_last_, at_before_;        // the gradient there
    std::vector<Comparison> comparisons_;  // by pairs of points
};

GRADUS_COMPILE(class ScreenedGradient<EmpiricalRisk<double>>)

}  // namespace gradus::detail
