#pragma once
// Robust linear regression.

#include <gradus/families/huber.hpp>
#include <gradus/models/default_fit.hpp>
#include <gradus/models/number_model.hpp>

namespace gradus {

template <class Penalty>
struct HuberOptions {
    double delta = 1.345;  ///< in units of y: residuals beyond it count by their sign alone
    Penalty penalty = {};
    bool fit_intercept = true;
    std::vector<std::string> feature_names = {};
};

namespace detail {

template <class S, class P>
struct HuberTraits {
    using Scalar = S;
    using Penalty = P;
    using Options = HuberOptions<P>;
    using Labels = NoLabels;
    using Solver = Auto;
    static constexpr bool is_curved = true, is_least_squares = false;
};

}  // namespace detail

/// y = X w + b + noise with gross errors among it: minimises mean huber(y - X w - b) + penalty(w), see Huber. Without
/// outliers beyond delta it is least squares.
///
///     HuberRegression<double> model{{.delta = 1.5}};        // 1.345 times the noise's standard deviation is usual
///     FitReport report = model.fit(X, y);
///
/// A wild y hardly moves the fit; a wild row of X still can. Newton: O(n p^2 / 2) per iteration, from the constant fit
/// some ten with a third of the rows wild.
template <Scalar S = double, Penalty<S> Penalty_ = NoPenalty>
class HuberRegression : public NumberModel<HuberRegression<S, Penalty_>, detail::HuberTraits<S, Penalty_>> {
    using Base = NumberModel<HuberRegression, detail::HuberTraits<S, Penalty_>>;
    friend Base;
    friend ModelBase<HuberRegression, detail::HuberTraits<S, Penalty_>>;

public:
    using Options = HuberOptions<Penalty_>;

    HuberRegression() = default;
    HuberRegression(Options options) : Base(std::move(options)) {}

private:
    static const char* title() { return "Huber regression"; }
    families::Huber<S> response() const {
        const S delta = static_cast<S>(this->options_.delta);
        if (!(delta > S(0)) || !(delta <= std::numeric_limits<S>::max()))
            reject("delta is ", this->options_.delta, ", but must be finite and > 0");
        return {delta};
    }
};

}  // namespace gradus
