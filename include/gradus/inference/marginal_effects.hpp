#pragma once
// Average marginal effects: what a feature does to the probability of a class, in units of probability.

#include <gradus/inference/features.hpp>
#include <gradus/inference/rows.hpp>

namespace gradus {

struct MarginalEffectOptions {
    Features discrete = {};  ///< 0/1 features: the difference P(x_j = 1) - P(x_j = 0) instead of the derivative
};

/// Effects by class (for two classes: on the second alone), then feature.
struct MarginalEffects {
    std::vector<Estimate> estimates;
    Eigen::MatrixXd root;  ///< covariance = root root'

    const Estimate& find(const std::string& output, const std::string& name) const {
        for (const Estimate& row : estimates)
            if (row.name == name && (output.empty() || row.output == output)) return row;
        reject("no effect of '", name, "'", output.empty() ? std::string() : " on '" + output + "'");
    }
    const Estimate& operator[](const std::string& name) const { return find("", name); }
};

namespace detail {

/// Sums over rows of effects and of their gradients with respect to theta.
template <Scalar S>
class EffectSums {
public:
    EffectSums(const Likelihood<S>& likelihood, std::vector<char> discrete)
        : likelihood_(&likelihood),
          discrete_(std::move(discrete)),
          p_(likelihood.coefficients.rows()),
          k_(likelihood.risk.loss().outputs()),
          first_(likelihood.family == Family::binary ? 1 : 0),
          classes_(static_cast<Index>(likelihood.outputs.size()) - first_),
          effects_(Vector<S>::Zero(p_ * classes_)),
          gradients_(Matrix<S>::Zero(likelihood.risk.dimension(), p_ * classes_)),
          slopes_(p_, k_) {
        const Vector<S> zero = Vector<S>::Zero(p_);
        for (Index j = 0; j < p_; ++j)
            for (Index a = 0; a < k_; ++a) {  // d eta_a / d x_j is linear in theta
                Vector<S> x = zero;
                x[j] = S(1);
                Vector<S> g = eta_gradient(likelihood, x, a);
                g -= eta_gradient(likelihood, zero, a);
                slopes_(j, a) = dot(g, likelihood.theta);
                slope_gradients_.push_back(std::move(g));
            }
    }

    void add_all() {
        const Matrix<S> eta = likelihood_->risk.linear_predictor(likelihood_->theta);
        const Vector<S> s = row_weights(*likelihood_);
        std::vector<Vector<S>> J(static_cast<std::size_t>(k_));
        likelihood_->risk.visit_rows([&](Index i, const auto& add) {
            if (!(s[i] > S(0))) return;
            Matrix<S> row(1, k_);
            for (Index a = 0; a < k_; ++a) {
                row(0, a) = eta(i, a);
                J[static_cast<std::size_t>(a)].setZero(gradients_.rows());
                add(a, S(1), J[static_cast<std::size_t>(a)]);
            }
            for (Index c = 0; c < classes_; ++c)
                for (Index j = 0; j < p_; ++j) {
                    const Index at = c * p_ + j;
                    if (!discrete_[static_cast<std::size_t>(j)]) add_derivative(row, J, c + first_, j, at, s[i]);
                    else {
                        const S x = likelihood_->prepared.sample.X(i, j);
                        add_level(row, J, c + first_, j, at, S(S(1) - x), s[i]);
                        add_level(row, J, c + first_, j, at, S(-x), S(-s[i]));
                    }
                }
        });
    }

    std::vector<Estimate> estimates() const {
        std::vector<Estimate> out;
        const S total = likelihood_->prepared.sample.total_weight;
        for (Index c = 0; c < classes_; ++c)
            for (Index j = 0; j < p_; ++j)
                out.push_back({likelihood_->outputs[static_cast<std::size_t>(c + first_)],
                               likelihood_->features[static_cast<std::size_t>(j)],
                               static_cast<double>(S(effects_[c * p_ + j] / total))});
        return out;
    }
    Eigen::MatrixXd root(const Information<S>& information) const {
        Eigen::MatrixXd out(effects_.size(), information.rank());
        for (Index l = 0; l < out.rows(); ++l) {
            const Vector<S> part = whitened(information, Vector<S>(gradients_.col(l)));
            for (Index m = 0; m < out.cols(); ++m)
                out(l, m) = static_cast<double>(S(part[m] / likelihood_->prepared.sample.total_weight));
        }
        return out;
    }

private:
    const Vector<S>& slope_gradient(Index j, Index a) const {
        return slope_gradients_[static_cast<std::size_t>(j * k_ + a)];
    }

    // s dP/dx_j = s sum_a dP/deta_a deta_a/dx_j, and its gradient
    void add_derivative(const Matrix<S>& eta, const std::vector<Vector<S>>& J, Index code, Index j, Index at,
                        const S& s) {
        probability_.evaluate(code, eta);
        auto gradient = gradients_.col(at);
        for (Index a = 0; a < k_; ++a) {
            const S slope = probability_.slope(a);
            effects_[at] += s * slope * slopes_(j, a);
            gradient += s * slope * slope_gradient(j, a);
            S bend(0);
            for (Index b = 0; b < k_; ++b) bend += probability_.curvature(a, b) * slopes_(j, b);
            gradient += s * bend * J[static_cast<std::size_t>(a)];
        }
    }
    // s P(x with x_j + move), and its gradient
    void add_level(Matrix<S> eta, const std::vector<Vector<S>>& J, Index code, Index j, Index at, const S& move,
                   const S& s) {
        for (Index a = 0; a < k_; ++a) eta(0, a) += move * slopes_(j, a);
        probability_.evaluate(code, eta);
        effects_[at] += s * probability_.probability();
        for (Index a = 0; a < k_; ++a)
            gradients_.col(at) +=
                s * probability_.slope(a) * (J[static_cast<std::size_t>(a)] + move * slope_gradient(j, a));
    }

    const Likelihood<S>* likelihood_;
    std::vector<char> discrete_;
    Index p_, k_, first_, classes_;
    Vector<S> effects_;
    Matrix<S> gradients_, slopes_;
    std::vector<Vector<S>> slope_gradients_;
    ClassProbability<S> probability_{likelihood_->risk.loss()};
};

template <Scalar S>
GRADUS_ONCE MarginalEffects marginal_effects(const Likelihood<S>& likelihood, const MarginalEffectOptions& options) {
    if (likelihood.family == Family::linear) reject("marginal_effects: those of a linear model are its coefficients");
    std::vector<char> discrete(likelihood.features.size());
    for (const Index j : feature_indices(likelihood, options.discrete)) {
        discrete[static_cast<std::size_t>(j)] = 1;
        for (Index i = 0; i < likelihood.prepared.sample.rows(); ++i) {
            const S x = likelihood.prepared.sample.X(i, j);
            if (x != S(0) && x != S(1))
                reject("marginal_effects: feature '", likelihood.features[static_cast<std::size_t>(j)], "' is ",
                       static_cast<double>(x), " in row ", i, "; a discrete change needs 0 and 1");
        }
    }
    EffectSums<S> sums(likelihood, std::move(discrete));
    sums.add_all();
    Inference judged;
    judged.estimates = sums.estimates();
    judged.root = sums.root(information(likelihood));
    if (!objection(likelihood).empty()) judged.root.setConstant(std::numeric_limits<double>::quiet_NaN());
    judge_estimates(judged);
    return {judged.estimates, judged.root};
}

}  // namespace detail

/// The mean over the data (weighted) of dP(class | x) / dx_j, or of the difference between x_j = 1 and x_j = 0, with standard errors by the delta
/// method (the covariance of the fit, the data as they are), z tests and p-values. For every model of classes. O(n p K (k^2 + k d)).
///
///     std::cout << marginal_effects(model, data, {.discrete = {"smoker"}});
template <class Model, class... Parts>
MarginalEffects marginal_effects(const Model& model, const Observations<Parts...>& data,
                                 const MarginalEffectOptions& options = {}) {
    return detail::marginal_effects(detail::unpenalised_likelihood(model, data), options);
}
template <class Model, EigenMatrix X, Column Y>
MarginalEffects marginal_effects(const Model& model, const X& x, const Y& y,
                                 const MarginalEffectOptions& options = {}) {
    return marginal_effects(model, Observations(x, y), options);
}

/// A table like that of an Inference.
inline std::ostream& operator<<(std::ostream& out, const MarginalEffects& effects) {
    Inference table;
    table.estimates = effects.estimates;
    if (!effects.estimates.empty() && effects.estimates.front().output != effects.estimates.back().output)
        table.family = Family::multinomial;
    out << "average marginal effects\n\n";
    detail::print_estimates(out, table);
    return out;
}

}  // namespace gradus
