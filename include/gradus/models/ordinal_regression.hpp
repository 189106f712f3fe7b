#pragma once
// Ordinal regression: ordered levels whose cumulative probabilities share one slope.

#include <gradus/families/ordinal.hpp>
#include <gradus/models/default_fit.hpp>
#include <gradus/models/label_model.hpp>

namespace gradus {

template <class Penalty, class Label>
struct OrdinalOptions {
    Penalty penalty = {};
    Classes<Label> levels = {};  ///< from low to high; empty: sorted
    std::vector<std::string> feature_names = {};
};

namespace detail {

template <class S, class P, class L, class Link_>
struct OrdinalTraits {
    using Scalar = S;
    using Penalty = P;
    using Label = L;
    using Labels = Classes<L>;
    using Link = Link_;
    using Options = OrdinalOptions<P, L>;
    using Solver = Auto;
    static constexpr bool has_usual_link = std::is_same_v<Link_, Logit>;
    static constexpr bool is_curved = true, is_least_squares = false;
};

}  // namespace detail

/// P(level <= c | x) = F(threshold_c - x'w), c = 0, ..., K-2, with F of the link: for Logit the proportional odds
/// model, where a unit of feature j multiplies the odds of a higher level by exp(w_j), whichever the level. Minimises
/// the mean negative log-likelihood plus penalty(w).
///
///     OrdinalRegression<double> rating;
///     FitReport report = rating.fit(X, levels);              // Newton: quadratic convergence, all digits
///     rating.coefficients();  rating.thresholds();
///     rating.predict(X_new);  rating.predict_probability(X_new);
///     OrdinalRegression<double, NoPenalty, std::string, Probit> ordered{{.levels = {"low", "mid", "high"}}};
///
/// The thresholds take the place of an intercept and are not penalised. Signs are those of McCullagh (J. R. Statist.
/// Soc. B 42 (1980), 109): a positive w_j moves rows to higher levels. Weights are frequencies; an offset is added to
/// x'w. Label is any ordered type. fit() also refuses a level without a row of positive weight, whose threshold nothing
/// would determine. Newton: O(n (p^2 / 2 + p K)) per iteration, seldom more than ten.
template <Scalar S = double, Penalty<S> Penalty_ = NoPenalty, std::totally_ordered Label_ = int, Link<S> Link_ = Logit>
class OrdinalRegression : public LabelModel<OrdinalRegression<S, Penalty_, Label_, Link_>,
                                            detail::OrdinalTraits<S, Penalty_, Label_, Link_>> {
    using Traits = detail::OrdinalTraits<S, Penalty_, Label_, Link_>;
    using Base = LabelModel<OrdinalRegression, Traits>;
    friend Base;
    friend ModelBase<OrdinalRegression, Traits>;
    using Family = families::Ordinal<S, Link_>;

public:
    using Label = Label_;
    using Link = Link_;
    using Options = OrdinalOptions<Penalty_, Label>;

    OrdinalRegression() = default;
    OrdinalRegression(Options options) : Base(std::move(options)) {}

    /// A model with these parameters: p numbers, and thresholds that increase, one fewer than levels.
    static OrdinalRegression from_parameters(const Vector<S>& coefficients, const Vector<S>& thresholds,
                                             Classes<Label> levels, Options options = {}) {
        if (static_cast<Index>(levels.size()) != thresholds.size() + 1 || levels.size() < 2)
            reject("from_parameters: ", thresholds.size(), " thresholds for ", levels.size(), " levels");
        check_increasing("from_parameters", thresholds);
        OrdinalRegression out(std::move(options));
        AnyFamily<S> family(Family{detail::label_names(levels)});
        out.set_parameters(std::move(family), coefficients, thresholds, std::move(levels));
        return out;
    }

    /// The next fit starts from these: p numbers, and K - 1 that increase. Throws InvalidInput where they do not.
    OrdinalRegression& start_at(const Vector<S>& coefficients, const Vector<S>& thresholds) {
        check_increasing("start_at", thresholds);
        this->set_start(coefficients, thresholds);
        return *this;
    }

    /// w, p numbers.
    Vector<S> coefficients() const { return this->found().W.col(0); }
    /// K - 1 numbers; threshold c lies between levels c and c + 1.
    const Vector<S>& thresholds() const { return this->found().b; }
    /// Sorted, or in the order that the options give.
    const Classes<Label>& levels() const { return this->classes(); }

    /// x'w, n numbers.
    template <class X>
    Vector<S> decision_function(const X& x) const {
        return this->function_of(x, Vector<S>::Zero(1), [](const Matrix<S>& e) { return e; }).col(0);
    }
    /// Logarithms of the probabilities, n x K: finite also where a probability underflows.
    template <class X>
    Matrix<S> predict_log_probability(const X& x) const {
        return function_of_eta(x, [&](const Matrix<S>& eta) { return family_at_hand().log_means(eta); });
    }
    /// P(level <= c), n x (K - 1).
    template <class X>
    Matrix<S> predict_cumulative_probability(const X& x) const {
        return function_of_eta(x, [&](const Matrix<S>& eta) { return family_at_hand().cumulative(eta); });
    }
    /// The probability of level c, an index in levels(), at a single row, without heap.
    template <class X>
    S probability_one(const X& x, Index c) const {
        using std::exp;
        this->check_row(x);
        if (c < 0 || c > thresholds().size())
            reject("probability_one: no level ", c, " among ", thresholds().size() + 1);
        return exp(log_probability_one(detail::row_times<S>(x, this->found().W, 0), c));
    }

private:
    static const char* title() { return "ordinal regression"; }
    template <class Data>
    static constexpr void check() {
        static_assert(!Data::has_trials, "gradus: trials belong to LogisticRegression");
    }
    Classes<Label> labels_asked_for() const { return this->options_.levels; }
    Family family_at_hand() const { return Family{detail::label_names(levels())}; }

    static void check_increasing(const char* what, const Vector<S>& thresholds) {
        for (Index c = 1; c < thresholds.size(); ++c)
            if (!(thresholds[c] > thresholds[c - 1]))
                reject(what, ": threshold ", c, " (", static_cast<double>(thresholds[c]), ") is not above threshold ",
                       c - 1, " (", static_cast<double>(thresholds[c - 1]), ")");
    }

    template <class Data>
    Problem<S> problem(const Data& data, Classes<Label>& levels) const {
        const Values<S> codes = encoded_labels<S>(data, levels);
        Prepared<S> prepared = prepare<S>(data, codes, 1, this->options_.feature_names);
        const Index k = static_cast<Index>(levels.size()) - 1;
        if (prepared.sample.offset) {  // what is added to x'w is taken from every eta
            const Matrix<S> offset = prepared.sample.offset->all();
            prepared.sample.offset = Values<S>(Matrix<S>(-offset.col(0).replicate(1, k)));
        }
        return {std::move(prepared), AnyFamily<S>(Family{detail::label_names(levels)}), true};
    }

    template <class X, class F>
    Matrix<S> function_of_eta(const X& x, F&& f) const {
        const Vector<S>& thresholds = this->found().b;
        return this->function_of(x, Vector<S>::Zero(1), [&](const Matrix<S>& e) {
            Matrix<S> eta(e.rows(), thresholds.size());
            for (Index c = 0; c < eta.cols(); ++c)
                for (Index i = 0; i < eta.rows(); ++i) eta(i, c) = thresholds[c] - e(i, 0);
            return f(eta);
        });
    }
    void add_offset(const Values<S>& offset, Matrix<S>& eta) const {
        if (offset.rows() != eta.rows() || offset.columns() != 1)
            reject("offset: ", offset.rows(), " x ", offset.columns(), " entries, expected ", eta.rows(), " x 1");
        eta.colwise() -= Vector<S>(offset.all().col(0));
    }
    S log_probability_one(const S& e, Index c) const {
        const S infinity = std::numeric_limits<S>::infinity();
        BlockArray<S> a(1), b(1);
        a[0] = c > 0 ? S(thresholds()[c - 1] - e) : S(-infinity);
        b[0] = c < thresholds().size() ? S(thresholds()[c] - e) : infinity;
        IntervalLosses<S> loss(1);
        Link::template intervals<S>(a, b, loss);
        return -loss.value[0];
    }
    template <class X>
    Index code_one(const X& x) const {
        const S e = detail::row_times<S>(x, this->found().W, 0);
        Index best = 0;
        S largest = log_probability_one(e, 0);
        for (Index c = 1; c <= thresholds().size(); ++c)
            if (const S p = log_probability_one(e, c); p > largest) best = c, largest = p;
        return best;
    }
};

}  // namespace gradus
