#pragma once
// What models of one number share whose mean is a function of one eta.

#include <gradus/models/model.hpp>
#include <gradus/models/score.hpp>

namespace gradus {

/// The model has response() const, its family with the options at hand.
template <class Model, class Traits>
class NumberModel : public ModelBase<Model, Traits> {
    using Base = ModelBase<Model, Traits>;
    friend Base;

public:
    using S = typename Base::S;

    /// The next fit starts from these.
    Model& start_at(const Vector<S>& coefficients, const S& intercept) {
        this->set_start(coefficients, Vector<S>::Constant(1, intercept));
        return static_cast<Model&>(*this);
    }
    /// A model with these parameters, that predicts and scores without a fit.
    static Model from_parameters(const Vector<S>& coefficients, const S& intercept,
                                 typename Base::Options options = {}) {
        Model out(std::move(options));
        out.set_parameters(AnyFamily<S>(out.response()), coefficients, Vector<S>::Constant(1, intercept));
        return out;
    }

    /// w, p numbers.
    Vector<S> coefficients() const { return this->found().W.col(0); }
    S intercept() const { return this->found().b[0]; }

    /// eta = X w + b, n numbers.
    template <class X>
    Vector<S> decision_function(const X& x) const {
        return this->template linear_predictor_of<Vector<S>>(x);
    }
    /// The mean of the response at X w + b, n numbers, for an offset of zero.
    template <class X>
    Vector<S> predict(const X& x) const {
        return this->means_of(x).col(0);
    }
    /// The same for a single row, without heap.
    template <class X>
    S predict_one(const X& x) const {
        this->check_row(x);
        const S eta = detail::row_times<S>(x, this->found().W, 0) + this->found().b[0];
        const auto family = static_cast<const Model&>(*this).response();
        if constexpr (requires { family.mean(eta); }) return family.mean(eta);
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
        const Values<S> y = column_of<S>(data.y_part(), "y");
        check_targets<S>(this->family().loss(), y);
        return detail::explained_share<S>(this->family(), checked_sample<S>(data, y, 1), this->options_.fit_intercept,
                                          this->found());
    }

protected:
    using Base::Base;

    template <class Data>
    static constexpr void check() {
        static_assert(!Data::has_trials, "gradus: trials belong to LogisticRegression");
    }
    template <class Data>
    Problem<S> problem(const Data& data, NoLabels&) const {
        AnyFamily<S> family(static_cast<const Model&>(*this).response());
        const Values<S> y = column_of<S>(data.y_part(), "y");
        Prepared<S> prepared = prepare<S>(data, y, 1, this->options_.feature_names);
        check_targets<S>(family.loss(), y);
        return {std::move(prepared), std::move(family), this->options_.fit_intercept};
    }
};

}  // namespace gradus
