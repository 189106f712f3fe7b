#pragma once
// Logistic regression: two classes (binary) or more (multinomial), by the labels.

#include <gradus/families/binomial.hpp>
#include <gradus/families/multinomial.hpp>
#include <gradus/models/default_fit.hpp>
#include <gradus/models/label_model.hpp>

namespace gradus {

template <class Penalty, class Label>
struct LogisticOptions {
    Penalty penalty = {};
    bool fit_intercept = true;
    Classes<Label> classes = {};  ///< the order of the classes, with two the second is the positive one; empty: sorted
    std::vector<std::string> feature_names = {};
};

namespace detail {

template <class S, class P, class L>
struct LogisticTraits {
    using Scalar = S;
    using Penalty = P;
    using Label = L;
    using Labels = Classes<L>;
    using Options = LogisticOptions<P, L>;
    using Solver = Auto;
    static constexpr bool is_curved = true, is_least_squares = false;
};

/// Shares y_i / m_i of successes among trials, and weights s_i m_i, into the sample. Throws InvalidInput.
template <Scalar S>
GRADUS_ONCE void take_trials(const Values<S>& successes, const Values<S>& trials, Sample<S>& sample,
                             S& largest_weight) {
    using std::isfinite;
    const Index n = sample.rows();
    if (trials.rows() != n) reject("trials has ", trials.rows(), " entries for ", n, " rows");
    Matrix<S> y = successes.all(), m = trials.all();
    Vector<S> s(n);
    sample.copy_weights(0, s);
    Sum<S> total, hits, outcomes;
    largest_weight = S(0);
    for (Index i = 0; i < n; ++i) {
        if (!(m(i, 0) >= S(0)) || !isfinite(m(i, 0)))
            reject("trials: the entry in row ", i, " is ", static_cast<double>(m(i, 0)),
                   ", but must be finite and >= 0");
        if (!(y(i, 0) >= S(0) && y(i, 0) <= m(i, 0)))
            reject("y has ", static_cast<double>(y(i, 0)), " successes of ", static_cast<double>(m(i, 0)),
                   " trials in row ", i);
        y(i, 0) = m(i, 0) > S(0) ? S(y(i, 0) / m(i, 0)) : S(0);
        if (s[i] > S(0)) outcomes.add(m(i, 0));
        m(i, 0) *= s[i];
        largest_weight = std::max(largest_weight, S(m(i, 0)));
        total.add(m(i, 0));
        hits.add(m(i, 0) * y(i, 0));
    }
    if (!(total.value() > S(0))) reject("trials: all ", n, " entries are zero");
    if (!(hits.value() > S(0) && hits.value() < total.value()))
        reject("single class: every trial has the same outcome; the estimate would be infinite");
    if (!isfinite(total.value())) reject("trials: with the weights they sum to infinity");
    sample.Y = Values<S>(std::move(y));
    sample.weights = Values<S>(m / sample.weight_scale);
    sample.total_weight = total.value();
    sample.outcomes = outcomes.value();
}

}  // namespace detail

/// P(class c | x) = softmax(x'W + b)_c; with two classes P(second | x) = sigmoid(x'w + b). Minimises the mean negative
/// log-likelihood plus the penalty.
///
///     LogisticRegression<double> model;
///     FitReport report = model.fit(X, labels);               // Newton: quadratic convergence, all digits
///     model.fit(X, labels, GradientDescent<>{});             // any other solver
///     model.predict(X_new);  model.predict_probability(X_new);
///
/// y: n labels; with Observations::trials n counts of successes, fitted as two classes 0 and 1. For K > 2 classes W has
/// K columns whose rows sum to zero, the symmetric form; differences between columns are what the data determine.
/// Separated classes have no finite estimate: the report says so and gives the direction. Label is any ordered type;
/// weights are frequencies. Newton: O(n p^2 K^2 / 2) per iteration, seldom more than ten.
template <Scalar S = double, Penalty<S> Penalty_ = NoPenalty, std::totally_ordered Label_ = int>
class LogisticRegression
    : public LabelModel<LogisticRegression<S, Penalty_, Label_>, detail::LogisticTraits<S, Penalty_, Label_>> {
    using Base = LabelModel<LogisticRegression, detail::LogisticTraits<S, Penalty_, Label_>>;
    friend Base;
    friend ModelBase<LogisticRegression, detail::LogisticTraits<S, Penalty_, Label_>>;

public:
    using Label = Label_;
    using Options = LogisticOptions<Penalty_, Label>;

    LogisticRegression() = default;
    LogisticRegression(Options options) : Base(std::move(options)) {}

    /// A model with these parameters: p x k and k numbers, k = 1 for two classes, else as many as classes.
    static LogisticRegression from_parameters(const Matrix<S>& coefficients, const Vector<S>& intercept,
                                              Classes<Label> classes, Options options = {}) {
        const Index K = static_cast<Index>(classes.size()), k = K == 2 ? 1 : K;
        if (K < 2) reject("from_parameters: ", K, " classes; at least two are needed");
        if (coefficients.cols() != k || intercept.size() != k)
            reject("from_parameters: ", coefficients.cols(), " columns of coefficients and ", intercept.size(),
                   " intercepts for ", K, " classes, expected ", k);
        LogisticRegression out(std::move(options));
        AnyFamily<S> family = family_of(classes);
        out.set_parameters(std::move(family), coefficients, intercept, std::move(classes));
        return out;
    }

    /// The next fit starts from these: p x k, k.
    LogisticRegression& start_at(const Matrix<S>& coefficients, const Vector<S>& intercept) {
        this->set_start(coefficients, intercept);
        return *this;
    }

    /// p x k: k = 1 for two classes, K for more (rows sum to zero).
    const Matrix<S>& coefficients() const { return this->found().W; }
    /// k numbers.
    const Vector<S>& intercept() const { return this->found().b; }

    /// eta = X W + 1 b', n x k.
    template <class X>
    Matrix<S> decision_function(const X& x) const {
        return this->linear_predictor_of(x);
    }
    /// Logarithms of the probabilities: finite also where a probability underflows.
    template <class X>
    Matrix<S> predict_log_probability(const X& x) const {
        return this->function_of(x, intercept(), [](const Matrix<S>& eta) {
            return eta.cols() == 1 ? families::Binomial<S>{}.log_means(eta) : families::Multinomial<S>{}.log_means(eta);
        });
    }
    /// The probability of class c, an index in classes(), at a single row, without heap.
    template <class X>
    S probability_one(const X& x, Index c) const {
        using std::exp;
        this->check_row(x);
        if (c < 0 || c >= static_cast<Index>(this->classes().size()))
            reject("probability_one: no class ", c, " among ", this->classes().size());
        if (coefficients().cols() == 1) {
            const S eta = eta_one(x, 0), t = c == 1 ? eta : S(-eta);
            return t >= S(0) ? S(S(1) / (S(1) + exp(S(-t)))) : S(exp(t) / (S(1) + exp(t)));
        }
        const S own = eta_one(x, c);
        S total(1);  // sum of exp(eta_d - eta_c), which may be infinite
        for (Index d = 0; d < coefficients().cols(); ++d)
            if (d != c) total += exp(S(eta_one(x, d) - own));
        return S(1) / total;
    }

private:
    static const char* title() { return "logistic regression"; }
    template <class Data>
    static constexpr void check() {
        static_assert(!Data::has_trials || std::is_arithmetic_v<Label>,
                      "gradus: with trials, y counts successes, and the classes are the numbers 0 and 1");
    }
    Classes<Label> labels_asked_for() const { return this->options_.classes; }

    // a penalty that does not treat classes alike makes K columns unique by itself
    static AnyFamily<S> family_of(const Classes<Label>& classes) {
        if (classes.size() == 2) return AnyFamily<S>(families::Binomial<S>{detail::label_names(classes)});
        return AnyFamily<S>(families::Multinomial<S>{detail::label_names(classes), ClassSymmetricPenalty<Penalty_>});
    }

    template <class Data>
    Problem<S> problem(const Data& data, Classes<Label>& classes) const {
        if constexpr (Data::has_trials) return problem_of_counts(data, classes);
        else {
            const Values<S> codes = encoded_labels<S>(data, classes);
            const Index K = static_cast<Index>(classes.size());
            return {prepare<S>(data, codes, K == 2 ? 1 : K, this->options_.feature_names), family_of(classes),
                    this->options_.fit_intercept};
        }
    }
    template <class Data>
    Problem<S> problem_of_counts(const Data& data, Classes<Label>& classes) const {
        if constexpr (std::is_arithmetic_v<Label>) {
            const Classes<Label> zero_and_one{Label(0), Label(1)};
            if (!classes.empty() && classes != zero_and_one)
                reject("classes: with trials they are 0 and 1, in this order");
            classes = zero_and_one;
        }
        const Values<S> successes = column_of<S>(data.y_part(), "y"),
                        trials = column_of<S>(data.trials_part(), "trials");
        Prepared<S> prepared;
        prepared.sample = checked_sample<S>(data, successes, 1, &prepared.largest_weight);
        detail::take_trials<S>(successes, trials, prepared.sample, prepared.largest_weight);
        finish_preparation(prepared, this->options_.feature_names);
        return {std::move(prepared), family_of(classes), this->options_.fit_intercept};
    }

    template <class X, class F>
    Matrix<S> function_of_eta(const X& x, F&& f) const {
        return this->function_of(x, intercept(), f);
    }
    void add_offset(const Values<S>& offset, Matrix<S>& eta) const {
        if (offset.rows() != eta.rows() || offset.columns() != eta.cols())
            reject("offset: ", offset.rows(), " x ", offset.columns(), " entries, expected ", eta.rows(), " x ",
                   eta.cols());
        eta += offset.all();
    }
    template <class X>
    S eta_one(const X& x, Index c) const {
        return detail::row_times<S>(x, this->found().W, c) + this->found().b[c];
    }
    template <class X>
    Index code_one(const X& x) const {
        if (coefficients().cols() == 1) return eta_one(x, 0) > S(0);
        Index best = 0;
        S largest = eta_one(x, 0);
        for (Index c = 1; c < coefficients().cols(); ++c)
            if (const S eta = eta_one(x, c); eta > largest) best = c, largest = eta;
        return best;
    }
    // of the single outcomes that row i stands for
    template <class Data>
    void count_outcomes(const Data& data, Index i, Index code, const S& s, Sum<S>& right, Sum<S>& all) const {
        const S m = values_of<S>(data.trials_part())(i, 0), y = values_of<S>(data.y_part())(i, 0);
        if (!(m >= S(0)) || !(y >= S(0) && y <= m))
            reject("y has ", static_cast<double>(y), " successes of ", static_cast<double>(m), " trials in row ", i);
        all.add(s * m);
        right.add(s * (code == 1 ? y : S(m - y)));
    }
};

}  // namespace gradus
