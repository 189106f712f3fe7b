#pragma once
// Average marginal effects: what a feature does to the probability of a class, in units of probability, or to the mean
// of a count or number, in units of that.

#include <gradus/inference/feature_set.hpp>
#include <gradus/inference/rows.hpp>

#include <string>
#include <utility>
#include <vector>

namespace gradus {

struct MarginalEffectOptions {
    FeatureSet discrete = {};  ///< 0/1 features: the difference between x_j = 1 and x_j = 0 instead of the derivative
};

/// Effects by class (for two classes: on the second alone; for counts and numbers there is one, "y"), then feature.
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

/// Sums over rows, one column for each effect: of the effect on a row, of its derivatives with respect to the slopes of
/// x_j in the etas, and of what its gradient with respect to theta has beside these.
template <Scalar S>
struct EffectSums {
    Vector<S> effects;
    Matrix<S> by_slopes, gradients;  // k x effects, d x effects
    EffectSums(Index outputs, Index dimension, Index count)
        : effects(Vector<S>::Zero(count)),
          by_slopes(Matrix<S>::Zero(outputs, count)),
          gradients(Matrix<S>::Zero(dimension, count)) {}
    void merge(const EffectSums& other) {
        effects += other.effects;
        by_slopes += other.by_slopes;
        gradients += other.gradients;
    }
};

/// What a row is expected to be, and its derivatives with respect to eta: the probability of a class, or the mean.
template <Scalar S>
class ExpectedResponse {
public:
    explicit ExpectedResponse(const Likelihood<S>& likelihood)
        : family_(&likelihood.family()), probability_(likelihood.risk.loss()), is_class_(family_->has_labels()) {}

    /// eta: 1 x k
    void evaluate(Index code, const ConstMatrixView<S>& eta) {
        if (is_class_) probability_.evaluate(code, eta);
        else mean_ = family_->mean_derivatives(eta(0, 0));
    }
    S value() const { return is_class_ ? probability_.probability() : mean_[0]; }
    S slope(Index a) const { return is_class_ ? probability_.slope(a) : mean_[1]; }
    S curvature(Index a, Index b) const { return is_class_ ? probability_.curvature(a, b) : mean_[2]; }

private:
    const AnyFamily<S>* family_;
    ClassProbability<S> probability_;
    std::array<S, 3> mean_ = {};
    bool is_class_;
};

/// The effects of all features on all classes (of two on the second alone), or on the mean.
template <Scalar S>
class Effects {
public:
    Effects(const Fitted<S>& fit, std::vector<bool> discrete)
        : fit_(&fit),
          discrete_(std::move(discrete)),
          slopes_(product<S>(fit.likelihood.risk.user_coefficients(fit.theta()), fit.walk().predictor().loadings())),
          first_(fit.likelihood.family().margins() == MarginKind::binary ? 1 : 0) {}

    Index features() const { return slopes_.rows(); }
    Index classes() const { return static_cast<Index>(fit_->likelihood.outputs.size()) - first_; }

    /// Estimates, class after class, and the root of their covariance.
    GRADUS_ONCE Inference means() const {
        const Likelihood<S>& likelihood = fit_->likelihood;
        const EffectSums<S> zero(slopes_.cols(), fit_->theta().size(), features() * classes());
        const auto add_block = [&](const EvaluatedRows<S>& rows, EffectSums<S>& part) {
            for (Index c = 0; c < classes(); ++c) add_class(rows, c, part);
        };
        const EffectSums<S> sums = fit_->walk().reduce(fit_->theta(), zero, add_block);
        const S& total = fit_->walk().sample().total_weight;
        Inference out;
        out.root.resize(zero.effects.size(), fit_->information.rank());
        for (Index c = 0, at = 0; c < classes(); ++c)
            for (Index j = 0; j < features(); ++j, ++at) {
                out.estimates.push_back({likelihood.outputs[static_cast<std::size_t>(c + first_)],
                                         likelihood.features[static_cast<std::size_t>(j)],
                                         static_cast<double>(S(sums.effects[at] / total))});
                Vector<S> gradient = sums.gradients.col(at);
                for (Index a = 0; a < slopes_.cols(); ++a) add_slope_gradient(j, a, sums.by_slopes(a, at), gradient);
                const Vector<S> root = fit_->information.whitened(gradient);
                for (Index m = 0; m < root.size(); ++m) out.root(at, m) = static_cast<double>(S(root[m] / total));
            }
        return out;
    }

private:
    // out += factor times the gradient of d eta_a / d x_j with respect to theta
    void add_slope_gradient(Index j, Index a, const S& factor, Vector<S>& out) const {
        const Predictor<S>& predictor = fit_->walk().predictor();
        Vector<S> x = Vector<S>::Zero(features()), direction = Vector<S>::Zero(out.size());
        x[j] = fit_->walk().coordinates().scale_of(j);
        predictor.add_direction(x, a, factor, direction);
        for (Index l = 0; l < predictor.first_intercept(); ++l) out[l] += direction[l];
    }

    void add_class(const EvaluatedRows<S>& rows, Index c, EffectSums<S>& part) const {
        const Index k = slopes_.cols();
        ExpectedResponse<S> response(fit_->likelihood);
        Matrix<S> slope(rows.count(), k), curvature(rows.count(), pair_count(k));  // of s P, P the response
        slope.setZero();
        curvature.setZero();
        for (Index i = 0; i < rows.count(); ++i) {
            if (!(rows.s[i] > S(0))) continue;
            response.evaluate(c + first_, rows.eta.middleRows(i, 1));
            for (Index b = 0; b < k; ++b) {
                slope(i, b) = rows.s[i] * response.slope(b);
                for (Index a = b; a < k; ++a) curvature(i, pair_index(a, b, k)) = rows.s[i] * response.curvature(a, b);
            }
        }
        Vector<S> gradient(part.gradients.rows());
        for (Index j = 0; j < features(); ++j) {
            const Index at = c * features() + j;
            auto towards_eta = rows.slope();  // of the effect on each row
            if (discrete_[static_cast<std::size_t>(j)]) add_difference(rows, c, j, at, response, towards_eta, part);
            else add_derivative(slope, curvature, j, at, towards_eta, part);
            gradient.setZero();
            fit_->walk().predictor().pullback(rows.block, towards_eta, gradient, rows.scratch.predictor);
            part.gradients.col(at) += gradient;
        }
    }
    // s dP/dx_j = s sum_a dP/deta_a deta_a/dx_j
    void add_derivative(const Matrix<S>& slope, const Matrix<S>& curvature, Index j, Index at,
                        MatrixView<S> towards_eta, EffectSums<S>& part) const {
        Matrix<S> along = slopes_.row(j).replicate(slope.rows(), 1);
        for (Index a = 0; a < slope.cols(); ++a) {
            const S sum = lane_sum<S>(slope.rows(), [x = &slope.coeffRef(0, a)](Index i) { return x[i]; });
            part.by_slopes(a, at) += sum;
            part.effects[at] += slopes_(j, a) * sum;
        }
        towards_eta.setZero();
        add_curvature_times<S>(curvature, along, towards_eta);
    }
    // s (P(x with x_j = 1) - P(x with x_j = 0))
    void add_difference(const EvaluatedRows<S>& rows, Index c, Index j, Index at, ExpectedResponse<S>& response,
                        MatrixView<S> towards_eta, EffectSums<S>& part) const {
        Vector<S> column(rows.count());  // x_j, 0 or 1
        const Coordinates<S>& coordinates = fit_->walk().coordinates();
        rows.block.for_each_piece([&](Index first, const ConstMatrixView<S>& X) {
            for (Index i = 0; i < X.rows(); ++i)
                column[first + i] = X(i, j) / coordinates.scale_of(j) + coordinates.shift_of(j) > S(0.5) ? S(1) : S(0);
        });
        towards_eta.setZero();
        for (Index i = 0; i < rows.count(); ++i) {
            if (!(rows.s[i] > S(0))) continue;
            for (const S level : {S(1), S(0)}) {
                const S move = level - column[i], s = level > S(0) ? rows.s[i] : S(-rows.s[i]);
                const Matrix<S> eta = rows.eta.row(i) + move * slopes_.row(j);
                response.evaluate(c + first_, eta);
                part.effects[at] += s * response.value();
                for (Index a = 0; a < eta.cols(); ++a) {
                    towards_eta(i, a) += s * response.slope(a);
                    part.by_slopes(a, at) += s * response.slope(a) * move;
                }
            }
        }
    }

    const Fitted<S>* fit_;
    std::vector<bool> discrete_;
    Matrix<S> slopes_;  // p x k: d eta_a / d x_j
    Index first_;
};

/// The first entry that is not what it should be, in the order of the rows.
template <Scalar S>
struct FirstBadEntry : BadEntry<S> {
    void merge(const FirstBadEntry& other) {
        if (other.row >= 0) this->see(other.row, other.column, other.value);
    }
};

/// Throws InvalidInput where one of these features is neither 0 nor 1.
template <Scalar S>
GRADUS_ONCE void check_discrete(const Likelihood<S>& likelihood, const std::vector<Index>& features) {
    const RowWalk<S> raw(likelihood.sample(), likelihood.risk.predictor());
    const auto look = [&](const EvaluatedRows<S>& rows, FirstBadEntry<S>& part) {
        rows.block.for_each_piece([&](Index first, const ConstMatrixView<S>& X) {
            for (const Index j : features)
                for (Index i = 0; i < X.rows(); ++i)
                    if (X(i, j) != S(0) && X(i, j) != S(1)) part.see(rows.block.first() + first + i, j, X(i, j));
        });
    };
    const FirstBadEntry<S> bad = raw.reduce(FirstBadEntry<S>(), look);
    if (bad.row >= 0)
        reject("marginal_effects: feature '", likelihood.features[static_cast<std::size_t>(bad.column)], "' is ",
               static_cast<double>(bad.value), " in row ", bad.row, "; a discrete change needs 0 and 1");
}

template <Scalar S>
GRADUS_ONCE MarginalEffects marginal_effects(const Fitted<S>& fit, const MarginalEffectOptions& options) {
    if (fit.is_linear()) reject("marginal_effects: those of a linear model are its coefficients");
    const AnyFamily<S>& family = fit.likelihood.family();
    if (!family.has_labels() && !family.has_mean_derivatives())
        reject("marginal_effects: ", family.name(), " has no mean_derivatives(eta)");
    const std::vector<Index> features = feature_indices(fit.likelihood, options.discrete);
    std::vector<bool> discrete(fit.likelihood.features.size());
    for (const Index j : features) discrete[static_cast<std::size_t>(j)] = true;
    if (!features.empty()) check_discrete(fit.likelihood, features);
    Inference judged = Effects<S>(fit, std::move(discrete)).means();
    judged.note = objection(fit.likelihood);
    judge_estimates(judged);
    return {judged.estimates, judged.root};
}

GRADUS_COMPILE(MarginalEffects marginal_effects(const Fitted<double>&, const MarginalEffectOptions&))

}  // namespace detail

/// The mean over the data (weighted) of dP(class | x) / dx_j, for counts and numbers of dE(y | x) / dx_j, or of the
/// difference between x_j = 1 and x_j = 0, with standard errors by the delta method (the covariance of the fit, the
/// data as they are), z tests and p-values. For every model but least squares, whose effects are its coefficients
/// (those of Huber regression are, too). O(n p K (k^2 + k d)).
///
///     std::cout << marginal_effects(model, data, {.discrete = {"smoker"}});
template <class Model, class... Parts>
MarginalEffects marginal_effects(const Model& model, const Observations<Parts...>& data,
                                 const MarginalEffectOptions& options = {}) {
    return detail::marginal_effects(detail::fitted(model, data), options);
}
template <class Model, Features X, Column Y>
MarginalEffects marginal_effects(const Model& model, const X& x, const Y& y,
                                 const MarginalEffectOptions& options = {}) {
    return marginal_effects(model, Observations(x, y), options);
}

/// A table like that of an Inference.
inline std::ostream& operator<<(std::ostream& out, const MarginalEffects& effects) {
    Inference table;
    table.estimates = effects.estimates;
    table.has_several_outputs =
        !table.estimates.empty() && table.estimates.front().output != table.estimates.back().output;
    out << "average marginal effects\n\n";
    detail::print_estimates(out, table);
    return out;
}

}  // namespace gradus
