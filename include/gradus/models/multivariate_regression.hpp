#pragma once
// Linear regression with several targets at once.

#include <gradus/models/linear_regression.hpp>

namespace gradus {

/// Y = X W + 1 b' + noise: minimises 1/2 mean |y_i - W'x_i - b|^2 + penalty(W). The targets share one factorisation of
/// X; each column of W is what LinearRegression would give for that column of Y.
template <Scalar S = double, Penalty<S> Penalty_ = NoPenalty>
class MultivariateRegression
    : public ModelBase<MultivariateRegression<S, Penalty_>, detail::LinearTraits<S, Penalty_>> {
    using Base = ModelBase<MultivariateRegression, detail::LinearTraits<S, Penalty_>>;
    friend Base;

public:
    using Options = LinearOptions<Penalty_>;

    MultivariateRegression() = default;
    MultivariateRegression(Options options) : Base(std::move(options)) {}

    /// A model with these parameters, p x k and k numbers.
    static MultivariateRegression from_parameters(const Matrix<S>& coefficients, const Vector<S>& intercept,
                                                  Options options = {}) {
        if (coefficients.cols() != intercept.size())
            reject("from_parameters: ", coefficients.cols(), " columns of coefficients and ", intercept.size(),
                   " intercepts");
        MultivariateRegression out(std::move(options));
        out.set_parameters(AnyFamily<S>(families::Gaussian<S>{coefficients.cols()}), coefficients, intercept);
        return out;
    }

    /// The next fit by an iterative solver starts from these: p x k, k.
    MultivariateRegression& start_at(const Matrix<S>& coefficients, const Vector<S>& intercept) {
        this->set_start(coefficients, intercept);
        return *this;
    }

    /// W, p x k.
    const Matrix<S>& coefficients() const { return this->found().W; }
    /// b, k numbers.
    const Vector<S>& intercept() const { return this->found().b; }

    /// X W + 1 b', n x k.
    template <class X>
    Matrix<S> predict(const X& x) const {
        return this->linear_predictor_of(x);
    }
    /// Target c of a single row, without heap.
    template <class X>
    S predict_one(const X& x, Index c) const {
        this->check_row(x);
        return detail::row_times<S>(x, this->found().W, c) + this->found().b[c];
    }

    /// R^2 of each target, k numbers; see LinearRegression::score.
    template <class... Parts>
    Vector<S> scores(const Observations<Parts...>& data) const {
        const Index k = this->found().W.cols();
        Sample<S> sample = checked_sample<S>(data, values_of<S>(data.y_part()), k);
        if (sample.Y.columns() != k) reject("y has ", sample.Y.columns(), " columns, the model has ", k, " targets");
        const Matrix<S> Y = sample.Y.all(), offset = sample.offset ? sample.offset->all() : Matrix<S>();
        Vector<S> out(k);
        for (Index c = 0; c < k; ++c) {
            sample.Y = Values<S>(Matrix<S>(Y.col(c)));
            if (offset.size() > 0) sample.offset = Values<S>(Matrix<S>(offset.col(c)));
            out[c] =
                detail::explained_share<S>(AnyFamily<S>(families::Gaussian<S>{}), sample, this->options_.fit_intercept,
                                           {this->found().W.col(c), this->found().b.segment(c, 1), true});
        }
        return out;
    }
    template <class X, class Y>
    Vector<S> scores(const X& x, const Y& y) const {
        return scores(Observations(x, y));
    }
    /// Their mean.
    template <class... Parts>
    S score(const Observations<Parts...>& data) const {
        return scores(data).mean();
    }
    template <class X, class Y>
    S score(const X& x, const Y& y) const {
        return score(Observations(x, y));
    }

private:
    static const char* title() { return "multivariate regression"; }
    template <class Data>
    static constexpr void check() {
        static_assert(!Data::has_trials, "gradus: trials belong to LogisticRegression; a linear model has weights");
    }
    template <class Data>
    Problem<S> problem(const Data& data, NoLabels&) const {
        const Values<S> Y = values_of<S>(data.y_part());
        return {prepare<S>(data, Y, Y.columns(), this->options_.feature_names),
                AnyFamily<S>(families::Gaussian<S>{Y.columns()}), this->options_.fit_intercept};
    }
};

}  // namespace gradus
