#pragma once
// Counts.

#include <gradus/families/family.hpp>
#include <gradus/losses/poisson.hpp>

#include <cmath>

namespace gradus::families {

/// Counts (or rates) with mean exp(eta).
template <Scalar S>
struct Poisson {
    using Scalar = S;
    static constexpr MarginKind margins = MarginKind::count;

    gradus::Poisson<S> loss() const { return {}; }
    std::string name() const { return "Poisson regression"; }
    std::string formula() const { return "mean exp(eta) - y eta"; }
    S mean(const S& eta) const {
        using std::exp;
        return exp(eta);
    }
    std::array<S, 3> mean_derivatives(const S& eta) const { return {mean(eta), mean(eta), mean(eta)}; }
    /// - sum s log y!, with the gamma function where y is no whole number.
    S constant(const ConstMatrixView<S>& y, const ConstVectorView<S>& s) const {
        using std::lgamma;
        S sum(0);
        for (Index i = 0; i < s.size(); ++i)
            if (s[i] > S(0)) sum -= s[i] * lgamma(S(y(i, 0) + S(1)));
        return sum;
    }
    S saturated(const ConstMatrixView<S>& y, const ConstVectorView<S>& s) const {
        return gradus::Poisson<S>().saturated(y, s);
    }
};

GRADUS_COMPILE(struct Poisson<double>)

}  // namespace gradus::families
