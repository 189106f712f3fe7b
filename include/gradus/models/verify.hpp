#pragma once
// How many digits of a fit are right? Asked of a second fit, in a wider type.

#include <gradus/data/observations.hpp>
#include <gradus/models/fit_report.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace gradus {

/// What verify() found. Parameters are in the order of the columns of W, then the intercept or the thresholds.
struct Verification {
    /// Correct decimal digits of each parameter, -log10(|found - true| / |true|), at most those of the scalar type;
    /// empty: the second fit is no success either, or does not decide (`message` says why).
    std::vector<double> digits;
    double of_largest = -1;  ///< the same of the largest |found - true| beside the largest |true|; -1: not known
    std::string message;
    FitReport wider;  ///< of the second fit

    bool is_known() const { return !digits.empty(); }
};

namespace detail {

template <class Model, class Wide>
struct InWiderScalar {
    static_assert(sizeof(Model) == 0, "gradus: verify() takes models whose first parameter is the scalar, as "
                                      "LinearRegression<double>; not Regression<Loss>");
    using Type = Model;
};
template <template <class, class...> class Model, class S, class... Rest, class Wide>
struct InWiderScalar<Model<S, Rest...>, Wide> {
    using Type = Model<Wide, Rest...>;
};

/// Coefficients, then intercept or thresholds.
template <class Wide, class Model>
std::vector<Wide> all_parameters(const Model& model) {
    std::vector<Wide> out;
    const auto add = [&](const auto& part) {
        if constexpr (requires { part.data(); })
            for (Index i = 0; i < part.size(); ++i) out.push_back(static_cast<Wide>(part.data()[i]));
        else out.push_back(static_cast<Wide>(part));
    };
    add(model.coefficients());
    if constexpr (requires { model.thresholds(); }) add(model.thresholds());
    else add(model.intercept());
    return out;
}

inline double digits_of(double error, double size, double most) {
    if (error == 0) return most;
    return size > 0 ? std::clamp(-std::log10(error / size), 0.0, most) : 0.0;
}

}  // namespace detail

/// Fits the same data again with the options of `model` and its default solver, in Wide, and compares. The second fit
/// reads the same numbers: what is wrong with the data is wrong in both. Takes as long as that fit, some ten times the
/// first for long double. Wide may be any scalar of the library, a multiprecision type too; more digits than the second
/// fit claims for itself are not claimed. Columns that depend on each other but for rounding may be independent in the
/// wider type: then nothing is decided.
///
/// Throws what fit() throws, and NotFitted.
template <Scalar Wide = long double, class Model, class... Parts>
Verification verify(const Model& model, const Observations<Parts...>& data) {
    using S = typename Model::Scalar;
    static_assert(
        std::numeric_limits<Wide>::digits > std::numeric_limits<S>::digits,
        "gradus: verify() needs a scalar with more digits than the model's: verify<MyWiderScalar>(model, data)");
    const std::vector<Wide> found = detail::all_parameters<Wide>(model);
    typename detail::InWiderScalar<Model, Wide>::Type again{model.options()};
    Verification out;
    out.wider = again.fit(data);
    if (!out.wider.converged()) {
        out.message = text("the fit in the wider type is no success either: ", out.wider.message);
        return out;
    }
    const std::vector<Wide> truth = detail::all_parameters<Wide>(again);
    if (truth.size() != found.size()) reject("verify: the data have other classes than those of the fit");
    if (out.wider.rank >= 0 && model.report().rank >= 0 && out.wider.rank != model.report().rank) {
        out.message = text("the rank is ", out.wider.rank, " in the wider type and was ", model.report().rank,
                           ": the columns depend on each other but for rounding");
        return out;
    }
    double most = std::numeric_limits<S>::digits10 + 1.0;
    if (out.wider.correct_digits >= 0) most = std::min(most, out.wider.correct_digits);
    double largest_error = 0, largest = 0;
    for (std::size_t j = 0; j < truth.size(); ++j) {
        using std::abs;
        const double error = static_cast<double>(abs(Wide(found[j] - truth[j]))),
                     size = static_cast<double>(abs(truth[j]));
        out.digits.push_back(detail::digits_of(error, size, most));
        largest_error = std::max(largest_error, error);
        largest = std::max(largest, size);
    }
    out.of_largest = detail::digits_of(largest_error, largest, most);
    out.message = text("about ", static_cast<int>(out.of_largest), " correct digits in the largest coefficients");
    return out;
}
template <Scalar Wide = long double, class Model, class X, class Y>
Verification verify(const Model& model, const X& x, const Y& y) {
    return verify<Wide>(model, Observations(x, y));
}

}  // namespace gradus
