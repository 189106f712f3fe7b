#pragma once
// Two classes, or shares of successes.

#include <gradus/families/family.hpp>
#include <gradus/losses/logistic.hpp>
#include <gradus/numeric/logistic_functions.hpp>

namespace gradus::families {

/// P(second class) = sigmoid(eta). y is 0 or 1, or the share of successes among trials.
template <Scalar S>
struct Binomial {
    using Scalar = S;
    static constexpr MarginKind margins = MarginKind::binary;

    std::vector<std::string> classes = {"0", "1"};

    Logistic<S> loss() const { return {}; }
    std::string name() const { return "binary logistic regression"; }
    std::string formula() const { return "mean log(1 + exp(eta)) - y eta"; }
    std::vector<std::string> outputs() const { return classes; }
    std::vector<NamedParameter> parameters(const std::vector<std::string>& features, bool has_intercept) const {
        return named_parameters(features, {classes[1]}, has_intercept);
    }
    S saturated(const ConstMatrixView<S>& y, const ConstVectorView<S>& s) const {
        return Logistic<S>().saturated(y, s);
    }

    Index class_of(const ConstMatrixView<S>& eta, Index row) const { return eta(row, 0) > S(0); }
    /// Probabilities of both classes, n x 2.
    Matrix<S> means(const Matrix<S>& eta) const {
        Matrix<S> p(eta.rows(), 2);
        p.col(0).array() = exp_of_minus_abs(eta.col(0).array());
        for (Index i = 0; i < eta.rows(); ++i) {
            const S u = p(i, 0), likely = S(1) / (S(1) + u), unlikely = u * likely;
            const bool is_second = eta(i, 0) >= S(0);
            p(i, 0) = is_second ? unlikely : likely;
            p(i, 1) = is_second ? likely : unlikely;
        }
        return p;
    }
    /// Their logarithms: finite also where a probability underflows.
    Matrix<S> log_means(const Matrix<S>& eta) const {
        const Eigen::Array<S, Eigen::Dynamic, 1> e = eta.col(0).array(), minus = -e, u = exp_of_minus_abs(e);
        Matrix<S> p(eta.rows(), 2);
        p.col(0) = -log1pexp(e, u);
        p.col(1) = -log1pexp(minus, u);
        return p;
    }
};

GRADUS_COMPILE(struct Binomial<double>)

}  // namespace gradus::families
