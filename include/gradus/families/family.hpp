#pragma once
// What a kind of response is: its loss, its mean, its likelihood, its words.

#include <gradus/losses/any_loss.hpp>
#include <gradus/losses/squared.hpp>
#include <gradus/numeric/products.hpp>
#include <gradus/predictors/linear.hpp>

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gradus {

/// How the loss of a row depends on eta, as far as the existence of an estimate is concerned: which differences of eta
/// make it fall when they grow.
enum class MarginKind {
    none,     ///< every fit exists, as of the squared loss
    binary,   ///< y in [0, 1], one eta: +eta for y > 0, -eta for y < 1; a share has both
    softmax,  ///< y a class code: eta_y - eta_c for each other class
    count,    ///< y >= 0, one eta: -eta; for y > 0 also +eta
    ordinal,  ///< y a level code, K - 1 etas for K levels, P(level <= c) = F(eta_c): +eta_y and -eta_(y-1), where they
              ///< are
};

/// What the variance of a response is beside its mean.
enum class Dispersion {
    known,      ///< the likelihood says it: classes, counts
    estimated,  ///< a factor that the residuals tell: normal noise, gamma
    robust,     ///< any symmetric noise, whose gross errors the loss holds down: an M-estimator
};

/// A parameter as tables print it: its place among the columns of W one after another, then b; `minus`: what is taken
/// away from it, or -1.
struct NamedParameter {
    std::string output, name;
    Index plus, minus = -1;
};

/// The parameters of p features and k outputs, the intercept first, output after output; `against`: the output that the
/// others are compared with, or -1.
GRADUS_ONCE inline std::vector<NamedParameter> named_parameters(const std::vector<std::string>& features,
                                                                const std::vector<std::string>& outputs,
                                                                bool has_intercept, Index against = -1) {
    const Index p = static_cast<Index>(features.size()), k = static_cast<Index>(outputs.size());
    std::vector<NamedParameter> out;
    for (Index c = 0; c < k; ++c) {
        if (c == against) continue;
        const std::string& output = outputs[static_cast<std::size_t>(c)];
        if (has_intercept) out.push_back({output, "(Intercept)", p * k + c, against < 0 ? -1 : p * k + against});
        for (Index j = 0; j < p; ++j)
            out.push_back(
                {output, features[static_cast<std::size_t>(j)], c * p + j, against < 0 ? -1 : against * p + j});
    }
    return out;
}

/// The family of a response: a value with
///
///     Scalar                       the type of its numbers
///     loss()                       a Loss: minus the log-likelihood of a row, up to a constant
///     name(), formula()            for reports: "Poisson regression", "mean exp(eta) - y eta"
///
/// and, where they differ from the default,
///
///     predictor(p, has_intercept)  how parameters become eta (linear)
///     mean(eta)                    the mean of the response where the linear predictor is eta, a number (eta itself);
///                                  or for several outputs means(eta), n x k to n x m
///     mean_derivatives(eta)        that mean and its first two derivatives, for marginal effects (of eta itself)
///     saturated(y, s)              sum_i s_i of the least loss that any eta could give row i: score() and deviance
///                                  count from there (0)
///     constant(y, s)               what the log-likelihood of these rows has beside minus the losses: the same for
///                                  all parameters (0)
///     score_loss()                 what score() is the explained share of (the loss)
///     margins                      a MarginKind: whether estimates may be infinite (none)
///     dispersion                   a Dispersion (known)
///     class_of(eta, i)             for responses that are labels: the code that row i of eta makes most probable
///     outputs()                    names of targets or classes (y)
///     parameters(features, has_intercept)   NamedParameters in the order of tables: output after output, the
///                                  intercept first
///
/// One of someone's own needs no more than this to have a model, Regression<Family>, with fit, report, predict, score,
/// likelihood and saving.
template <class F>
concept ResponseFamily = Scalar<typename F::Scalar> && requires(const F& family) {
    { family.name() } -> std::convertible_to<std::string>;
    { family.formula() } -> std::convertible_to<std::string>;
    requires Loss<std::remove_cvref_t<decltype(family.loss())>>;
};

/// Any family, its type forgotten.
template <Scalar S>
class AnyFamily {
public:
    template <ResponseFamily F>
    explicit AnyFamily(F family) : family_(std::make_shared<const Kept<F>>(std::move(family))) {}

    std::string name() const { return family_->name(); }
    std::string formula() const { return family_->formula(); }
    AnyLoss<S> loss() const { return family_->loss(); }
    AnyLoss<S> score_loss() const { return family_->score_loss(); }
    Predictor<S> predictor(Index p, bool has_intercept) const { return family_->predictor(p, has_intercept); }
    MarginKind margins() const { return family_->margins(); }
    Dispersion dispersion() const { return family_->dispersion(); }
    bool is_least_squares() const { return family_->is_least_squares(); }
    bool has_labels() const { return family_->has_labels(); }
    Index class_of(const ConstMatrixView<S>& eta, Index row) const { return family_->class_of(eta, row); }
    Matrix<S> means(const Matrix<S>& eta) const { return family_->means(eta); }
    /// Whether the mean of a response that is a number can be differentiated.
    bool has_mean_derivatives() const { return family_->has_mean_derivatives(); }
    std::array<S, 3> mean_derivatives(const S& eta) const { return family_->mean_derivatives(eta); }
    S saturated(const ConstMatrixView<S>& y, const ConstVectorView<S>& s) const { return family_->saturated(y, s); }
    S constant(const ConstMatrixView<S>& y, const ConstVectorView<S>& s) const { return family_->constant(y, s); }
    std::vector<std::string> outputs() const { return family_->outputs(); }
    std::vector<NamedParameter> parameters(const std::vector<std::string>& features, bool has_intercept) const {
        return family_->parameters(features, has_intercept);
    }

private:
    struct Interface {
        virtual ~Interface() = default;
        virtual std::string name() const = 0;
        virtual std::string formula() const = 0;
        virtual AnyLoss<S> loss() const = 0;
        virtual AnyLoss<S> score_loss() const = 0;
        virtual Predictor<S> predictor(Index, bool) const = 0;
        virtual MarginKind margins() const = 0;
        virtual Dispersion dispersion() const = 0;
        virtual bool is_least_squares() const = 0;
        virtual bool has_labels() const = 0;
        virtual Index class_of(const ConstMatrixView<S>&, Index) const = 0;
        virtual Matrix<S> means(const Matrix<S>&) const = 0;
        virtual bool has_mean_derivatives() const = 0;
        virtual std::array<S, 3> mean_derivatives(const S&) const = 0;
        virtual S saturated(const ConstMatrixView<S>&, const ConstVectorView<S>&) const = 0;
        virtual S constant(const ConstMatrixView<S>&, const ConstVectorView<S>&) const = 0;
        virtual std::vector<std::string> outputs() const = 0;
        virtual std::vector<NamedParameter> parameters(const std::vector<std::string>&, bool) const = 0;
    };

    template <class F>
    struct Kept final : Interface {
        explicit Kept(F kept) : family(std::move(kept)) {}
        std::string name() const override { return family.name(); }
        std::string formula() const override { return family.formula(); }
        AnyLoss<S> loss() const override { return AnyLoss<S>(family.loss()); }
        AnyLoss<S> score_loss() const override {
            if constexpr (requires { family.score_loss(); }) return AnyLoss<S>(family.score_loss());
            else return loss();
        }
        Predictor<S> predictor(Index p, bool has_intercept) const override {
            if constexpr (requires { family.predictor(p, has_intercept); }) return family.predictor(p, has_intercept);
            else return linear_predictor<S>(p, family.loss().outputs(), has_intercept);
        }
        MarginKind margins() const override {
            if constexpr (requires { MarginKind(F::margins); }) return F::margins;
            else return MarginKind::none;
        }
        Dispersion dispersion() const override {
            if constexpr (requires { Dispersion(F::dispersion); }) return F::dispersion;
            else return Dispersion::known;
        }
        bool is_least_squares() const override {
            return std::is_same_v<std::remove_cvref_t<decltype(family.loss())>, Squared<S>>;
        }
        bool has_labels() const override {
            return requires(const ConstMatrixView<S>& eta) { family.class_of(eta, Index(0)); };
        }
        Index class_of(const ConstMatrixView<S>& eta, Index row) const override {
            if constexpr (requires { family.class_of(eta, row); }) return family.class_of(eta, row);
            else return 0;
        }
        Matrix<S> means(const Matrix<S>& eta) const override {
            if constexpr (requires { family.means(eta); }) return family.means(eta);
            else if constexpr (requires { family.mean(eta(0, 0)); }) {
                Matrix<S> out = eta;
                for (Index i = 0; i < out.size(); ++i) out.data()[i] = family.mean(eta.data()[i]);
                return out;
            } else {
                return eta;
            }
        }
        bool has_mean_derivatives() const override {
            if constexpr (requires(const S& eta) { family.mean_derivatives(eta); }) return true;
            // where nothing else is said, the mean is eta
            else if constexpr (requires(const S& eta) { family.mean(eta); }) return false;
            else return !requires(const Matrix<S>& eta) {
                    family.means(eta);
                };
        }
        std::array<S, 3> mean_derivatives(const S& eta) const override {
            if constexpr (requires { family.mean_derivatives(eta); }) return family.mean_derivatives(eta);
            else return {eta, S(1), S(0)};
        }
        S saturated(const ConstMatrixView<S>& y, const ConstVectorView<S>& s) const override {
            if constexpr (requires { family.saturated(y, s); }) return family.saturated(y, s);
            else return S(0);
        }
        S constant(const ConstMatrixView<S>& y, const ConstVectorView<S>& s) const override {
            if constexpr (requires { family.constant(y, s); }) return family.constant(y, s);
            else return S(0);
        }
        std::vector<std::string> outputs() const override {
            if constexpr (requires { family.outputs(); }) return family.outputs();
            else return {"y"};
        }
        std::vector<NamedParameter> parameters(const std::vector<std::string>& features,
                                               bool has_intercept) const override {
            if constexpr (requires { family.parameters(features, has_intercept); })
                return family.parameters(features, has_intercept);
            else return named_parameters(features, outputs(), has_intercept);
        }
        F family;
    };

    std::shared_ptr<const Interface> family_;
};

namespace families {

/// A loss as a family, when nothing more is known of the response. score() compares the predictor with y by squares, as
/// R^2 does.
template <Loss L>
struct OfLoss {
    using Scalar = typename L::Scalar;
    L kept = L{};

    const L& loss() const { return kept; }
    std::string name() const { return "regression"; }
    std::string formula() const { return "mean loss"; }
    Squared<Scalar> score_loss() const { return Squared<Scalar>(kept.outputs()); }
};

}  // namespace families

}  // namespace gradus
