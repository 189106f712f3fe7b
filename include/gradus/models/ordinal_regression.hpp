#pragma once
// Ordinal regression: ordered levels whose cumulative probabilities share one slope.

#include <gradus/data/labels.hpp>
#include <gradus/losses/cumulative_link.hpp>
#include <gradus/models/likelihood.hpp>
#include <gradus/penalties/none.hpp>
#include <gradus/penalties/ridge.hpp>
#include <gradus/predictors/proportional_odds.hpp>
#include <gradus/solvers/iterative/newton.hpp>

namespace gradus {

template <class Penalty, class Label>
struct OrdinalOptions {
    Penalty penalty = {};
    Classes<Label> levels = {};  ///< from low to high; empty: sorted
    std::vector<std::string> feature_names = {};
};

namespace detail {

/// An offset moves all thresholds by its mean: where a fit starts, and the unit in which its gradients are judged.
template <Scalar S, class Link>
struct CumulativeLinkWithOffset : CumulativeLink<S, Link> {
    CumulativeLinkWithOffset(Index levels, S mean) : CumulativeLink<S, Link>(levels), mean_offset(std::move(mean)) {}
    S mean_offset;
    Vector<S> intercept_only(const ConstMatrixView<S>& y, const ConstVectorView<S>& s) const {
        Vector<S> eta = CumulativeLink<S, Link>::intercept_only(y, s);
        for (Index c = 0; c < eta.size(); ++c) eta[c] += mean_offset;
        return eta;
    }
};

/// log(F(b_i) - F(a_i)) into `out`, where bounds(i, a, b) tells the ends of the interval of row i.
template <class Link, Scalar S, class Bounds>
void log_interval_probabilities(VectorView<S> out, Bounds&& bounds) {
    for (Index first = 0; first < out.size(); first += max_block_rows) {
        const Index n = std::min<Index>(max_block_rows, out.size() - first);
        BlockArray<S> a(n), b(n);
        for (Index i = 0; i < n; ++i) bounds(first + i, a[i], b[i]);
        IntervalLosses<S> loss(n);
        Link::template intervals<S>(a, b, loss);
        for (Index i = 0; i < n; ++i) out[first + i] = -loss.value[i];
    }
}

}  // namespace detail

/// P(level <= c | x) = F(threshold_c - x'w), c = 0, ..., K-2, with F of the link: for Logit the proportional odds model, where a unit of feature j
/// multiplies the odds of a higher level by exp(w_j), whichever the level. Minimises the mean negative log-likelihood plus penalty(w).
///
///     OrdinalRegression<double> rating;
///     FitReport report = rating.fit(X, levels);              // Newton: quadratic convergence, all digits
///     rating.coefficients();  rating.thresholds();
///     rating.predict(X_new);  rating.predict_probability(X_new);
///     OrdinalRegression<double, NoPenalty, std::string, Probit> ordered{{.levels = {"low", "mid", "high"}}};
///
/// The thresholds take the place of an intercept and are not penalised. Signs are those of McCullagh (J. R. Statist. Soc. B 42 (1980), 109): a
/// positive w_j moves rows to higher levels. Weights are frequencies; an offset is added to x'w. Label is any ordered type.
template <Scalar S = double, SmoothPenalty<S> Penalty_ = NoPenalty, std::totally_ordered Label = int,
          Link<S> Link_ = Logit>
class OrdinalRegression {
public:
    using Scalar = S;
    using Penalty = Penalty_;
    using Link = Link_;
    using Options = OrdinalOptions<Penalty, Label>;
    /// An Eigen vector of int, a std::vector of any other label.
    using Labels = std::conditional_t<std::is_same_v<Label, int>, Eigen::VectorXi, std::vector<Label>>;

    OrdinalRegression() = default;
    OrdinalRegression(Options options) : options_(std::move(options)) {}

    /// X: n x p, y: n labels. The model is unchanged when this throws InvalidInput: for fewer than two levels, for a label that is not among the levels
    /// given, and for a level without a row of positive weight, whose threshold nothing would determine. Newton: O(n (p^2 / 2 + p K)) per
    /// iteration, seldom more than ten.
    template <EigenMatrix X, Column Y, class Solver = Newton, class Observer = NoObserver>
    FitReport fit(const X& x, const Y& y, const Solver& solver = {}, Observer&& observer = {}) {
        return fit(Observations(x, y), solver, observer);
    }
    template <class... Parts, class Solver = Newton, class Observer = NoObserver>
    FitReport fit(const Observations<Parts...>& data, const Solver& solver = {}, Observer&& observer = {}) {
        static_assert(!DirectSolver<Solver>,
                      "gradus: this solver is for least squares; an ordinal model needs Newton or GradientDescent");
        static_assert(!Observations<Parts...>::has_trials, "gradus: trials belong to LogisticRegression");
        Fitted fitted;
        FitReport report = fit_levels(data, solver, observer, fitted);
        fitted_ = std::move(fitted);
        start_ = {};
        return report;
    }

    /// The next fit starts from these: p numbers, and K - 1 that increase.
    OrdinalRegression& start_at(const Vector<S>& coefficients, const Vector<S>& thresholds) {
        start_ = {coefficients, thresholds, true};
        return *this;
    }

    /// w, p numbers.
    Vector<S> coefficients() const { return fitted().map.W.col(0); }
    /// K - 1 numbers; threshold c lies between levels c and c + 1.
    const Vector<S>& thresholds() const { return fitted().thresholds; }
    /// Sorted, or in the order that the options give.
    const Classes<Label>& levels() const { return fitted().levels; }
    const Classes<Label>& classes() const { return levels(); }
    const Options& options() const { return options_; }
    /// What the last fit said.
    const FitReport& report() const { return fitted().map.report; }

    /// The likelihood of these data, without the penalty, at the fit.
    template <class... Parts>
    Likelihood<S> likelihood(const Observations<Parts...>& data) const {
        LevelSample sample = level_sample(data, fitted().levels);
        const Index p = sample.prepared.sample.features(), K = static_cast<Index>(sample.levels.size());
        auto out = detail::likelihood_of<S>(
            Family::ordinal, detail::CumulativeLinkWithOffset<S, Link>(K, sample.mean_offset),
            ProportionalOdds<S>(p, K), std::move(sample.prepared), true, fitted_.map.W, fitted_.thresholds);
        out.y = std::move(sample.codes);
        out.offset = std::move(sample.offset);
        out.report = report();
        for (const Label& level : fitted_.levels) out.outputs.push_back(detail::label_name(level));
        return out;
    }

    /// x'w, n numbers.
    template <EigenMatrix X>
    Vector<S> decision_function(const X& x) const {
        return fitted_.map("ordinal regression", x).col(0);
    }

    /// Logarithms of the probabilities, n x K: finite also where a probability underflows.
    template <EigenMatrix X>
    Matrix<S> predict_log_probability(const X& x) const {
        const Vector<S> e = decision_function(x);
        const S infinity = std::numeric_limits<S>::infinity();
        const Vector<S>& t = fitted_.thresholds;
        Matrix<S> out(e.size(), t.size() + 1);
        for (Index c = 0; c < out.cols(); ++c)
            detail::log_interval_probabilities<Link, S>(out.col(c), [&](Index i, S& a, S& b) {
                a = c > 0 ? S(t[c - 1] - e[i]) : S(-infinity);
                b = c < t.size() ? S(t[c] - e[i]) : infinity;
            });
        return out;
    }

    /// n x K, columns as in levels(), rows sum to one. No difference of cumulative probabilities is taken: small ones keep their digits.
    template <EigenMatrix X>
    Matrix<S> predict_probability(const X& x) const {
        return exp_of(predict_log_probability(x));
    }

    /// P(level <= c), n x (K - 1).
    template <EigenMatrix X>
    Matrix<S> predict_cumulative_probability(const X& x) const {
        const Vector<S> e = decision_function(x);
        Matrix<S> out(e.size(), fitted_.thresholds.size());
        for (Index c = 0; c < out.cols(); ++c)
            detail::log_interval_probabilities<Link, S>(out.col(c), [&](Index i, S& a, S& b) {
                a = -std::numeric_limits<S>::infinity();
                b = fitted_.thresholds[c] - e[i];
            });
        return exp_of(std::move(out));
    }

    /// The most probable level of each row; of equally probable ones the lowest.
    template <EigenMatrix X>
    Labels predict(const X& x) const {
        const Matrix<S> log_probability = predict_log_probability(x);
        std::vector<Label> out;
        out.reserve(static_cast<std::size_t>(log_probability.rows()));
        for (Index i = 0; i < log_probability.rows(); ++i) {
            Index best = 0;
            log_probability.row(i).maxCoeff(&best);
            out.push_back(fitted_.levels[static_cast<std::size_t>(best)]);
        }
        if constexpr (std::is_same_v<Label, int>)
            return Eigen::Map<const Eigen::VectorXi>(out.data(), static_cast<Index>(out.size()));
        else return out;
    }

    /// Share of rows whose level is predicted, weighted.
    template <EigenMatrix X, Column Y>
    S score(const X& x, const Y& y) const {
        return score(Observations(x, y));
    }
    template <class... Parts>
    S score(const Observations<Parts...>& data) const {
        const auto predicted = predict(data.X_part());
        const Index n = data.X_part().rows();
        if (row_count(data.y_part()) != n) reject("X has ", n, " rows, y has ", row_count(data.y_part()));
        S right(0), all(0);
        for (Index i = 0; i < n; ++i) {
            S s(1);
            if constexpr (Observations<Parts...>::has_weights) s = view_of<S>(data.weights_part())(i, 0);
            all += s;
            if (detail::as_label<Label>(entry(data.y_part(), i), i) == entry(predicted, i)) right += s;
        }
        return right / all;
    }

private:
    struct Fitted {
        detail::LinearMap<S> map;  // w, and no intercept
        Vector<S> thresholds;
        Classes<Label> levels;
    };

    const Fitted& fitted() const { return fitted_.map.require_fit("ordinal regression"), fitted_; }

    static Matrix<S> exp_of(Matrix<S> logarithms) {
        using std::exp;
        for (Index j = 0; j < logarithms.size(); ++j) logarithms.data()[j] = exp(logarithms.data()[j]);
        return logarithms;
    }

    // `prepared` looks at codes and offset, which may be moved but not changed
    struct LevelSample {
        Classes<Label> levels;
        Vector<S> codes;
        Matrix<S> offset;  // n x (K - 1)
        S mean_offset{0};
        detail::Prepared<S> prepared;
    };

    template <class Data>
    GRADUS_ONCE LevelSample level_sample(const Data& data, const Classes<Label>& levels) const {
        const Index n = row_count(data.y_part());
        if (data.X_part().rows() != n) reject("X has ", data.X_part().rows(), " rows, y has ", n);
        if (n == 0) reject("X has no rows");
        LevelSample out;
        out.levels = levels;
        const auto counts = [&](Index i) {
            if constexpr (Data::has_weights)
                return i >= row_count(data.weights_part()) || view_of<S>(data.weights_part())(i, 0) > S(0);
            else return static_cast<void>(i), true;
        };
        out.codes = encode_labels<S>(data.y_part(), n, out.levels, counts);
        out.prepared = detail::prepare<S>(data, DenseView<S>(out.codes), 1, options_.feature_names);
        const Index outputs = static_cast<Index>(out.levels.size()) - 1;
        out.mean_offset = take_offset(out.prepared.sample, outputs, out.offset);
        return out;
    }

    template <class Data, class Solver, class Observer>
    GRADUS_ONCE FitReport fit_levels(const Data& data, const Solver& solver, Observer& observer, Fitted& fitted) {
        using Loss = detail::CumulativeLinkWithOffset<S, Link>;
        const LevelSample sample = level_sample(data, options_.levels);
        fitted.levels = sample.levels;
        const detail::Prepared<S>& prepared = sample.prepared;
        const Index p = prepared.sample.features(), K = static_cast<Index>(fitted.levels.size());

        detail::check_penalty(options_.penalty, p);
        detail::LinearMap<S> map = start_;
        if (start_.is_fitted) check_start(p, K);
        detail::check_solver<Solver, Loss, Penalty, ProportionalOdds<S>>();
        detail::IterativeFit<S> fit(Loss(K, sample.mean_offset), options_.penalty, ProportionalOdds<S>(p, K), prepared,
                                    true, wants_equilibrated_coordinates<Solver>);
        FitReport report = fit.run(solver, observer, map, start_.is_fitted);
        report.model = text("ordinal regression with ", K, " levels, link ", Link::name);
        report.objective_formula =
            "mean -log(F(threshold_y - x'w) - F(threshold_{y-1} - x'w))" + detail::penalty_formula<Penalty>();
        report.mean_loss = report.objective - static_cast<double>(options_.penalty.value(Coefficients<S>(map.W)));
        report.feature_names = options_.feature_names;
        fitted.thresholds = map.b;
        fitted.map = {map.W, Vector<S>::Zero(1), true, report};
        return report;
    }

    // what is added to x'w is taken from every eta; returns its mean
    static S take_offset(Sample<S>& sample, Index outputs, Matrix<S>& eta_offset) {
        if (!sample.offset) return S(0);
        const Index n = sample.rows();
        eta_offset.resize(n, outputs);
        Vector<S> s(n);
        sample.copy_weights(0, s);
        Sum<S> sum;
        for (Index i = 0; i < n; ++i) {
            const S o = (*sample.offset)(i, 0);
            for (Index c = 0; c < outputs; ++c) eta_offset(i, c) = -o;
            sum.add(s[i] * o);
        }
        sample.offset = DenseView<S>(eta_offset);
        return sum.value() / sample.total_weight;
    }

    void check_start(Index features, Index levels) const {
        if (start_.W.rows() != features || start_.b.size() != levels - 1)
            reject("start_at: ", start_.W.rows(), " coefficients and ", start_.b.size(), " thresholds, expected ",
                   features, " and ", levels - 1);
        for (Index c = 1; c < start_.b.size(); ++c)
            if (!(start_.b[c] > start_.b[c - 1]))
                reject("start_at: threshold ", c, " (", static_cast<double>(start_.b[c]), ") is not above threshold ",
                       c - 1, " (", static_cast<double>(start_.b[c - 1]), ")");
    }

    Options options_;
    Fitted fitted_;
    detail::LinearMap<S> start_;
};

}  // namespace gradus
