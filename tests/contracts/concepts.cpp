// Each concept with an archetype that has what it asks for and nothing more, and with what must not pass for it.
#include "contracts/outside/barzilai_borwein.hpp"
#include "contracts/outside/complementary_log_log.hpp"
#include "contracts/outside/log_cosh.hpp"
#include "contracts/outside/pseudo_huber.hpp"
#include <gradus/losses/logistic.hpp>
#include <gradus/losses/multinomial.hpp>
#include <gradus/losses/squared.hpp>
#include <gradus/objectives/empirical_risk.hpp>
#include <gradus/penalties/none.hpp>
#include <gradus/penalties/ridge.hpp>
#include <gradus/predictors/linear.hpp>
#include <gradus/solvers/direct/cholesky.hpp>
#include <gradus/solvers/direct/qr.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>
#include <gradus/solvers/iterative/newton.hpp>

using namespace gradus;

namespace {

// --- losses

template <class S>
struct MinimalLoss {
    using Scalar = S;
    Index outputs() const;
    bool admits(S) const;
    const char* domain() const;
    S value(const ConstMatrixView<S>&, const ConstMatrixView<S>&, const ConstVectorView<S>&) const;
    S value_and_slope(const ConstMatrixView<S>&, const ConstMatrixView<S>&, const ConstVectorView<S>&,
                      MatrixView<S>) const;
    Vector<S> intercept_only(const ConstMatrixView<S>&, const ConstVectorView<S>&) const;
};
static_assert(Loss<MinimalLoss<double>> && Loss<MinimalLoss<float>>);
static_assert(!CurvedLoss<MinimalLoss<double>> && !BoundedCurvatureLoss<MinimalLoss<double>>);
struct WithoutDomain : MinimalLoss<double> {
    const char* domain() const = delete;
};
struct OfIntegers : MinimalLoss<double> {
    using Scalar = int;
};
struct Mutable : MinimalLoss<double> {
    double value(const ConstMatrixView<double>&, const ConstMatrixView<double>&,
                 const ConstVectorView<double>&);  // not const
};
static_assert(!Loss<WithoutDomain> && !Loss<OfIntegers> && !Loss<Mutable> && !Loss<int>);
static_assert(CurvedLoss<Squared<>> && CurvedLoss<Logistic<float>> && CurvedLoss<Multinomial<long double>> &&
              CurvedLoss<outside::LogCoshLoss<>> && CurvedLoss<outside::ComplementaryLogLog<>>);
static_assert(BoundedCurvatureLoss<Squared<>> && BoundedCurvatureLoss<Logistic<>> &&
              BoundedCurvatureLoss<Multinomial<>>);
static_assert(!BoundedCurvatureLoss<outside::ComplementaryLogLog<>>);

struct Slope {
    using Scalar = double;
    static double value(double, double);
    static double slope(double, double);
};
static_assert(Loss<Pointwise<Slope>> && !CurvedLoss<Pointwise<Slope>>);

// --- penalties

struct ValueOnly {
    double value(const Coefficients<double>&) const;
};
struct SmoothOnly : ValueOnly {
    void add_gradient(const Coefficients<double>&, MatrixView<double>) const;
    void add_curvature(const Coefficients<double>&, MatrixView<double>) const;
};
struct OfAnyVector {
    double value(const Vector<double>&) const;
};
static_assert(Penalty<ValueOnly> && !SmoothPenalty<ValueOnly>);
static_assert(SmoothPenalty<SmoothOnly> && !QuadraticPenalty<SmoothOnly> && !ClassSymmetricPenalty<SmoothOnly> &&
              !ZeroPenalty<SmoothOnly>);
static_assert(!Penalty<OfAnyVector>);  // it could be given the intercept
static_assert(ZeroPenalty<NoPenalty> && QuadraticPenalty<NoPenalty> && QuadraticPenalty<Ridge> && !ZeroPenalty<Ridge> &&
              ClassSymmetricPenalty<Ridge>);
static_assert(SmoothPenalty<outside::PseudoHuber> && !QuadraticPenalty<outside::PseudoHuber>);

// --- objectives

struct Value {
    double value(const Vector<double>&) const;
};
struct Gradient {
    double value_and_gradient(const Vector<double>&, Vector<double>&) const;
};
struct Product : Gradient {
    void hessian_product(const Vector<double>&, const Vector<double>&, Vector<double>&) const;
};
struct Hessian : Gradient {
    void hessian(const Vector<double>&, Matrix<double>&) const;
};
struct HessianAlone {
    void hessian(const Vector<double>&, Matrix<double>&) const;
};
using Function = double (*)(const Vector<double>&);
using Callable = double (*)(const Vector<double>&, Vector<double>&);
using SinglePrecision = float (*)(const Vector<float>&, Vector<float>&);
static_assert(Objective<Value> && Objective<Function> && !Differentiable<Value> && !Differentiable<Function>);
static_assert(Objective<Gradient> && Differentiable<Gradient> && Differentiable<Callable> &&
              !TwiceDifferentiable<Gradient> && !Curved<Gradient>);
static_assert(Curved<Product> && !TwiceDifferentiable<Product> && TwiceDifferentiable<Hessian> && !Curved<Hessian>);
static_assert(!Objective<HessianAlone> && !TwiceDifferentiable<HessianAlone> && !Objective<int>);
static_assert(Differentiable<SinglePrecision, float> && !Differentiable<SinglePrecision, double>);

// The ladder of an empirical risk follows from its parts.
template <class L>
using RiskOf = decltype(EmpiricalRisk(std::declval<L>(), Ridge(), std::declval<Predictor<double>>(), Sample<double>()));
static_assert(Differentiable<RiskOf<MinimalLoss<double>>> && !TwiceDifferentiable<RiskOf<MinimalLoss<double>>> &&
              !Curved<RiskOf<MinimalLoss<double>>>);
static_assert(TwiceDifferentiable<RiskOf<Logistic<>>> && Curved<RiskOf<Logistic<>>>);

// --- solvers

struct StepOfOne {
    template <class S, class F>
    StepFound<S> choose(Line<S, F>&, const StepContext<S>&) const {
        return {S(1), 0, false};
    }
};
static_assert(StepPolicy<StepOfOne> && StepPolicy<FixedStep> && StepPolicy<BacktrackingStep> && !StepPolicy<double> &&
              !StepPolicy<Newton>);
static_assert(DirectSolver<QR> && DirectSolver<Cholesky> && !DirectSolver<Newton> && !DirectSolver<GradientDescent<>> &&
              !DirectSolver<int>);

}  // namespace
