#pragma once
// Numbers with gross errors among them.

#include <gradus/core/errors.hpp>
#include <gradus/families/family.hpp>
#include <gradus/losses/huber.hpp>

namespace gradus::families {

/// y = eta + noise, of which what is beyond delta counts by its sign alone. score() is R^2, as of least squares, which
/// has the largest on its own data.
template <Scalar S>
struct Huber {
    using Scalar = S;
    static constexpr Dispersion dispersion = Dispersion::robust;

    S delta = S(1.345);

    gradus::Huber<S> loss() const { return gradus::Huber<S>(delta); }
    Squared<S> score_loss() const { return Squared<S>(1); }
    std::string name() const { return "Huber regression"; }
    std::string formula() const { return text("mean huber(y - eta), delta = ", delta); }
};

GRADUS_COMPILE(struct Huber<double>)

}  // namespace gradus::families
