#pragma once
// Linear regression with one target.

#include <gradus/families/gaussian.hpp>
#include <gradus/models/model.hpp>
#include <gradus/models/score.hpp>
#include <gradus/solvers/direct/direct_auto.hpp>

namespace gradus {

template <class Penalty>
struct LinearOptions {
    Penalty penalty = {};
    bool fit_intercept = true;
    std::vector<std::string> feature_names = {};  ///< empty, or one for each column: used in messages and reports
};

namespace detail {

template <class S, class P>
struct LinearTraits {
    using Scalar = S;
    using Penalty = P;
    using Options = LinearOptions<P>;
    using Labels = NoLabels;
    using Solver = DirectAuto;
    static constexpr bool is_curved = true, is_least_squares = true;
};

}  // namespace detail

/// y = X w + b + noise: minimises 1/2 mean |y - X w - b|^2 + penalty(w), the mean taken with the weights.
///
///     LinearRegression<double> ols;
///     FitReport report = ols.fit(X, y);                     // any shape, any rank, honest digits
///     ols.fit(Observations(X, y).weights(s), Cholesky{});   // another solver, direct or iterative
///
/// S is any Scalar; Penalty_ a SmoothPenalty (NoPenalty, Ridge, or the user's own). Weights are frequencies: 2 means
/// the row twice. O(n p^2), one walk over the rows and one or two for the last digits and what is known of them; no
/// copy of X.
template <Scalar S = double, Penalty<S> Penalty_ = NoPenalty>
class LinearRegression : public ModelBase<LinearRegression<S, Penalty_>, detail::LinearTraits<S, Penalty_>> {
    using Base = ModelBase<LinearRegression, detail::LinearTraits<S, Penalty_>>;
    friend Base;

public:
    using Options = LinearOptions<Penalty_>;

    LinearRegression() = default;
    LinearRegression(Options options) : Base(std::move(options)) {}

    /// A model with these parameters, that predicts and scores without a fit.
    static LinearRegression from_parameters(const Vector<S>& coefficients, const S& intercept, Options options = {}) {
        LinearRegression out(std::move(options));
        out.set_parameters(AnyFamily<S>(families::Gaussian<S>{}), coefficients, Vector<S>::Constant(1, intercept));
        return out;
    }

    /// The next fit by an iterative solver starts from these.
    LinearRegression& start_at(const Vector<S>& coefficients, const S& intercept) {
        this->set_start(coefficients, Vector<S>::Constant(1, intercept));
        return *this;
    }

    /// w, p numbers.
    Vector<S> coefficients() const { return this->found().W.col(0); }
    S intercept() const { return this->found().b[0]; }

    /// X w + b, n numbers.
    template <class X>
    Vector<S> predict(const X& x) const {
        return this->template linear_predictor_of<Vector<S>>(x);
    }
    /// The same for a single row, without heap.
    template <class X>
    S predict_one(const X& x) const {
        this->check_row(x);
        return detail::row_times<S>(x, this->found().W, 0) + this->found().b[0];
    }

    /// R^2 = 1 - |y - prediction|^2 / |y - mean(y)|^2, weighted; without intercept the mean is left out. An offset is
    /// taken from y first.
    template <class X, class Y>
    S score(const X& x, const Y& y) const {
        return score(Observations(x, y));
    }
    template <class... Parts>
    S score(const Observations<Parts...>& data) const {
        this->found();
        return detail::explained_share<S>(this->family(), checked_sample<S>(data, column_of<S>(data.y_part(), "y"), 1),
                                          this->options_.fit_intercept, this->found());
    }

private:
    static const char* title() { return "linear regression"; }
    template <class Data>
    static constexpr void check() {
        static_assert(!Data::has_trials, "gradus: trials belong to LogisticRegression; a linear model has weights");
    }
    template <class Data>
    Problem<S> problem(const Data& data, NoLabels&) const {
        const Values<S> y = column_of<S>(data.y_part(), "y");
        return {prepare<S>(data, y, 1, this->options_.feature_names), AnyFamily<S>(families::Gaussian<S>{}),
                this->options_.fit_intercept};
    }
};

namespace detail {

GRADUS_COMPILE(FitReport fit_directly(const Problem<double>&, const AnyPenalty<double>&, const DirectAuto&,
                                      Parameters<double>&))

}  // namespace detail

}  // namespace gradus
