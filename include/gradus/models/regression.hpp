#pragma once
// A linear predictor with any loss, or any family of responses: the generic model.

#include <gradus/models/default_fit.hpp>
#include <gradus/models/number_model.hpp>

namespace gradus {

/// Of a loss and nothing else.
template <class Loss, class Penalty>
struct RegressionOptions {
    Loss loss = Loss{};
    Penalty penalty = {};
    bool fit_intercept = true;
    std::vector<std::string> feature_names = {};

    families::OfLoss<Loss> response() const { return {loss}; }
};
/// Of a family.
template <class Family, class Penalty>
struct FamilyOptions {
    Family family = Family{};
    Penalty penalty = {};
    bool fit_intercept = true;
    std::vector<std::string> feature_names = {};

    const Family& response() const { return family; }
};

namespace detail {

template <class Response, class P>
struct RegressionTraits {
    using Options = FamilyOptions<Response, P>;
};
template <Loss Response, class P>
struct RegressionTraits<Response, P> {
    using Options = RegressionOptions<Response, P>;
};

template <class Response_, class P>
struct GenericTraits {
    using Response = Response_;
    using Scalar = typename Response::Scalar;
    using Penalty = P;
    using Options = typename RegressionTraits<Response, P>::Options;
    using Labels = NoLabels;
    using Solver = Auto;
    static constexpr bool is_curved =
        CurvedLoss<std::remove_cvref_t<decltype(std::declval<const Options&>().response().loss())>>;
    static constexpr bool is_least_squares = false;
};

}  // namespace detail

/// Minimises mean loss(y, X W + b) + penalty(W) for any Loss, or any ResponseFamily, the user's own too:
///
///     struct LogCosh { using Scalar = double; static double value(double y, double eta); ... };
///     Regression<Pointwise<LogCosh>> model;
///     model.fit(X, y);
///
/// y: n targets that the loss admits (n x t for losses of several). With a family predict() gives its mean; a loss
/// alone predicts eta.
template <class Response, Penalty<typename Response::Scalar> Penalty_ = NoPenalty>
requires Loss<Response> || ResponseFamily<Response>
class Regression : public ModelBase<Regression<Response, Penalty_>, detail::GenericTraits<Response, Penalty_>> {
    using Base = ModelBase<Regression, detail::GenericTraits<Response, Penalty_>>;
    friend Base;

public:
    using S = typename Response::Scalar;
    using Options = typename Base::Options;

    Regression() = default;
    Regression(Options options) : Base(std::move(options)) {}

    /// A model with these parameters: p x k, k.
    static Regression from_parameters(const Matrix<S>& coefficients, const Vector<S>& intercept, Options options = {}) {
        Regression out(std::move(options));
        AnyFamily<S> family(out.options_.response());
        if (intercept.size() != family.loss().outputs())
            reject("from_parameters: ", intercept.size(), " intercepts, the loss has ", family.loss().outputs(),
                   " outputs");
        out.set_parameters(std::move(family), coefficients, intercept);
        return out;
    }

    /// The next fit starts from these: p x k, k.
    Regression& start_at(const Matrix<S>& coefficients, const Vector<S>& intercept) {
        this->set_start(coefficients, intercept);
        return *this;
    }

    /// p x k.
    const Matrix<S>& coefficients() const { return this->found().W; }
    /// k numbers.
    const Vector<S>& intercept() const { return this->found().b; }

    /// eta = X W + 1 b', n x k.
    template <class X>
    Matrix<S> decision_function(const X& x) const {
        return this->linear_predictor_of(x);
    }
    /// The mean of the response there, n x m.
    template <class X>
    Matrix<S> predict(const X& x) const {
        return this->means_of(x);
    }

    /// Of a single row, without heap: the mean of the response, where the family has mean(eta); else eta of that
    /// output.
    template <class X>
    S predict_one(const X& x, Index output = 0) const {
        this->check_row(x);
        if (output < 0 || output >= intercept().size())
            reject("predict_one: output ", output, " of ", intercept().size());
        const S eta = detail::row_times<S>(x, this->found().W, output) + intercept()[output];
        const auto& response = this->options_.response();
        if constexpr (requires { response.mean(eta); }) return response.mean(eta);
        else return eta;
    }

    /// The share of the deviance that the model explains on these data: see detail::explained_share().
    template <class X, class Y>
    S score(const X& x, const Y& y) const {
        return score(Observations(x, y));
    }
    template <class... Parts>
    S score(const Observations<Parts...>& data) const {
        this->found();
        const Values<S> y = values_of<S>(data.y_part());
        check_targets<S>(this->family().loss(), y);
        return detail::explained_share<S>(this->family(), checked_sample<S>(data, y, this->family().loss().outputs()),
                                          this->options_.fit_intercept, this->found());
    }

private:
    static const char* title() { return "regression"; }
    template <class Data>
    static constexpr void check() {
        static_assert(!Data::has_trials, "gradus: trials belong to LogisticRegression");
    }
    template <class Data>
    Problem<S> problem(const Data& data, NoLabels&) const {
        AnyFamily<S> family(this->options_.response());
        const Values<S> y = values_of<S>(data.y_part());
        Prepared<S> prepared = prepare<S>(data, y, family.loss().outputs(), this->options_.feature_names);
        check_targets<S>(family.loss(), y);
        return {std::move(prepared), std::move(family), this->options_.fit_intercept};
    }
};

}  // namespace gradus
