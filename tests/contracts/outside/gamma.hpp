// A family of responses from outside the library: positive numbers whose standard deviation grows with their mean.
#pragma once

#include <gradus/families/family.hpp>
#include <gradus/losses/pointwise.hpp>

#include <cmath>

namespace outside {

/// Minus the log-likelihood of a gamma response with mean exp(eta), per unit of its shape and up to what does not
/// depend on eta: y exp(-eta) + eta (McCullagh and Nelder, Generalized Linear Models, 1989, ch. 8, with the log link).
template <class S>
struct GammaFormula {
    using Scalar = S;
    static constexpr bool is_convex = true;

    static S value(const S& y, const S& eta) { return eta + scaled(y, eta); }
    static S slope(const S& y, const S& eta) { return S(1) - scaled(y, eta); }
    static S curvature(const S& y, const S& eta) { return scaled(y, eta); }
    static bool admits(const S& y) { return y > S(0) && y - y == S(0); }
    static const char* domain() { return "a positive number"; }
    static S intercept_only(const S& mean) {
        using std::log;
        return log(mean);
    }

private:
    static S scaled(const S& y, const S& eta) {
        using std::exp;
        return y * exp(S(-eta));
    }
};

/// Positive numbers with mean exp(eta); the dispersion is their squared coefficient of variation.
template <class S = double>
struct Gamma {
    using Scalar = S;
    static constexpr gradus::Dispersion dispersion = gradus::Dispersion::estimated;

    gradus::Pointwise<GammaFormula<S>> loss() const { return gradus::Pointwise<GammaFormula<S>>(); }
    std::string name() const { return "gamma regression"; }
    std::string formula() const { return "mean y exp(-eta) + eta"; }
    S mean(const S& eta) const {
        using std::exp;
        return exp(eta);
    }
    /// At eta = log y.
    S saturated(const gradus::ConstMatrixView<S>& y, const gradus::ConstVectorView<S>& s) const {
        using std::log;
        S sum(0);
        for (gradus::Index i = 0; i < s.size(); ++i)
            if (s[i] > S(0)) sum += s[i] * (S(1) + log(y(i, 0)));
        return sum;
    }
};

}  // namespace outside
