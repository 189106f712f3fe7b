#pragma once
// More than two classes without order.

#include <gradus/families/family.hpp>
#include <gradus/losses/multinomial.hpp>
#include <gradus/numeric/softmax.hpp>
#include <gradus/predictors/sum_to_zero.hpp>

namespace gradus::families {

/// P(class c) = softmax(eta)_c, K classes. The coefficients are K columns that sum to zero, where the penalty treats
/// classes alike; else K columns that only the penalty makes unique. The intercepts sum to zero in any case.
template <Scalar S>
struct Multinomial {
    using Scalar = S;
    static constexpr MarginKind margins = MarginKind::softmax;

    std::vector<std::string> classes;
    bool sums_to_zero = true;

    Index count() const { return static_cast<Index>(classes.size()); }
    gradus::Multinomial<S> loss() const { return gradus::Multinomial<S>(count()); }
    Predictor<S> predictor(Index p, bool has_intercept) const {
        if (sums_to_zero) return sum_to_zero_predictor<S>(p, count(), has_intercept);
        const Matrix<S> I = Matrix<S>::Identity(count(), count());
        return {p, I, I, has_intercept ? helmert<S>(count()) : Matrix<S>(count(), 0)};
    }
    std::string name() const { return "multinomial logistic regression with " + std::to_string(count()) + " classes"; }
    std::string formula() const { return "mean log sum_c exp(eta_c) - eta_y"; }
    std::vector<std::string> outputs() const { return classes; }
    /// Each class against the first.
    std::vector<NamedParameter> parameters(const std::vector<std::string>& features, bool has_intercept) const {
        return named_parameters(features, classes, has_intercept, 0);
    }

    Index class_of(const ConstMatrixView<S>& eta, Index row) const {
        Index best = 0;
        for (Index c = 1; c < eta.cols(); ++c)
            if (eta(row, c) > eta(row, best)) best = c;
        return best;
    }
    /// Probabilities, n x K, and their logarithms.
    Matrix<S> means(const Matrix<S>& eta) const { return softmax<S>(eta); }
    Matrix<S> log_means(const Matrix<S>& eta) const { return log_softmax<S>(eta); }
};

GRADUS_COMPILE(struct Multinomial<double>)

}  // namespace gradus::families
