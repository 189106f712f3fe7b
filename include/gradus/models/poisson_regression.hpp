#pragma once
// Regression for counts.

#include <gradus/families/poisson.hpp>
#include <gradus/models/default_fit.hpp>
#include <gradus/models/number_model.hpp>

namespace gradus {

template <class Penalty>
struct PoissonOptions {
    Penalty penalty = {};
    bool fit_intercept = true;
    std::vector<std::string> feature_names = {};
};

namespace detail {

template <class S, class P>
struct PoissonTraits {
    using Scalar = S;
    using Penalty = P;
    using Options = PoissonOptions<P>;
    using Labels = NoLabels;
    using Solver = Auto;
    static constexpr bool is_curved = true, is_least_squares = false;
};

}  // namespace detail

/// Counts y with mean exp(X w + b + o): minimises mean exp(eta) - y eta, the negative log-likelihood, plus penalty(w).
///
///     PoissonRegression<double> model;
///     FitReport report = model.fit(Observations(X, counts).offset(log_exposure));
///     model.predict(X_new);                                 // means for an exposure of one
///
/// A unit of feature j multiplies the mean by exp(w_j). score() is the share of the deviance 2 sum s (y log(y / mean) -
/// y + mean) that the model explains. Where rows whose counts are all zero can be told apart from the others the
/// estimate is infinite, and the report says in which direction.
template <Scalar S = double, Penalty<S> Penalty_ = NoPenalty>
class PoissonRegression : public NumberModel<PoissonRegression<S, Penalty_>, detail::PoissonTraits<S, Penalty_>> {
    using Base = NumberModel<PoissonRegression, detail::PoissonTraits<S, Penalty_>>;
    friend Base;
    friend ModelBase<PoissonRegression, detail::PoissonTraits<S, Penalty_>>;

public:
    using Options = PoissonOptions<Penalty_>;

    PoissonRegression() = default;
    PoissonRegression(Options options) : Base(std::move(options)) {}

private:
    static const char* title() { return "Poisson regression"; }
    families::Poisson<S> response() const { return {}; }
};

}  // namespace gradus
