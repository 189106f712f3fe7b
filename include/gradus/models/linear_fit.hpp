#pragma once
// Fitting a linear model: directly, or by minimising the squared loss.

#include <gradus/losses/squared.hpp>
#include <gradus/models/likelihood.hpp>
#include <gradus/penalties/none.hpp>
#include <gradus/penalties/ridge.hpp>
#include <gradus/solvers/direct/qr.hpp>

namespace gradus {

template <class Penalty>
struct LinearOptions {
    Penalty penalty = {};
    bool fit_intercept = true;
    std::vector<std::string> feature_names = {};  ///< empty, or one for each column: used in messages and reports
};

namespace detail {

/// The diagonal of the Hessian of a quadratic penalty, times the sum of the weights; empty when there is none.
template <Scalar S, QuadraticPenalty<S> Penalty>
Vector<S> ridge_amounts(const Penalty& penalty, Index features, const S& total_weight) {
    if constexpr (ZeroPenalty<Penalty>) return {};
    const Matrix<S> W = Matrix<S>::Zero(features, 1);
    Matrix<S> h = W;
    penalty.add_curvature(Coefficients<S>(W), MatrixView<S>(h));
    return h.col(0) * total_weight;
}

template <Scalar S, class Penalty, class Solver>
GRADUS_ONCE FitReport fit_directly(const Prepared<S>& prepared, const LinearOptions<Penalty>& options,
                                   const Solver& solver, LinearMap<S>& map) {
    static_assert(QuadraticPenalty<Penalty, S>, "gradus: a direct solver needs a quadratic penalty (NoPenalty, Ridge); "
                                                "with another one use Newton or GradientDescent");
    LeastSquares<S> problem{
        prepared.sample, equilibrate(prepared.columns, options.fit_intercept), column_norms(prepared),
        options.fit_intercept,
        ridge_amounts<S>(options.penalty, prepared.sample.features(), prepared.sample.total_weight)};
    const LeastSquaresSolution<S> solution = solver.template solve<S>(problem);
    const Equilibration<S>& columns = problem.columns;
    const Equilibration<S>& targets = problem.sample.target_coordinates;

    map.W = solution.Z;
    scale_rows(map.W, columns.scale);
    map.W /= targets.scale[0];
    map.b = Vector<S>::Zero(map.W.cols());
    for (Index c = 0; options.fit_intercept && c < map.b.size(); ++c)
        map.b[c] = intercept_in_user_coordinates<S>(solution.b[c] / targets.scale[c], targets.shift[c], map.W.col(c),
                                                    columns.shift);
    map.is_fitted = true;

    FitReport report;
    report.solver = solution.method;
    report.features = prepared.sample.features();
    report.parameters = map.W.size() + (options.fit_intercept ? map.b.size() : 0);
    report.rank = solution.rank;
    report.condition_number = solution.condition;
    report.correct_digits = solution.correct_digits;
    report.dependent_columns = solution.dependent;
    report.iterations = 1;
    const bool finite = all_finite<S>(map.b) && all_finite<S>(Eigen::Map<const Vector<S>>(map.W.data(), map.W.size()));
    report.status = finite ? Status::converged : Status::non_finite;
    report.message = finite ? text("solved directly, about ", static_cast<int>(solution.correct_digits),
                                   " correct digits (condition number ", solution.condition, ")")
                            : text("coefficients beyond the range of the scalar type: rescale the columns");
    if (solution.rank < report.features)
        report.message +=
            text("; rank ", solution.rank, " of ", report.features, ": the coefficients are those of least norm");
    if (*solution.note) report.message += text("; ", solution.note);
    // in these coordinates columns and targets are at most one in size: at a minimum only rounding is left of the gradient
    if (finite && *solution.note && max_norm(solution.gradient) > S(1000) * epsilon<S>) {
        report.status = Status::ill_conditioned;
        report.correct_digits = 0;
        report.message = text("rank ", solution.rank, " of ", report.features,
                              " by this solver, and the gradient is not zero: ", solution.note);
    }

    name_cause(report);

    const S unit = targets.scale[0];  // all targets share one scale
    report.counts.gradients = solution.sweeps - 1;
    report.mean_loss = static_cast<double>(solution.loss / unit / unit);
    report.objective = report.mean_loss + static_cast<double>(options.penalty.value(Coefficients<S>(map.W)));
    report.gradient_norm = static_cast<double>(
        max_norm<S>(gradient_in_user_coordinates<S>(
            solution.gradient, columns, Matrix<S>::Identity(map.W.cols(), map.W.cols()), options.fit_intercept)) /
        unit);
    return report;
}

/// Fits `map`, which is replaced only when the input is good.
template <Scalar S, class Penalty, class Data, class Solver, class Observer>
GRADUS_ONCE FitReport fit_linear(const Data& data, const LinearOptions<Penalty>& options, LinearMap<S>& start,
                                 LinearMap<S>& map, const Solver& solver, Observer& observer, const char* model) {
    static_assert(!Data::has_trials, "gradus: trials belong to LogisticRegression; a linear model has weights");
    const DenseView<S> Y = view_of<S>(data.y_part());
    const Index k = Y.columns();
    Prepared<S> prepared = prepare<S>(data, Y, k, options.feature_names);
    check_penalty(options.penalty, prepared.sample.features());
    const ColumnStatistics<S> targets = column_statistics<S>(Y, prepared.sample, "y");
    LinearMap<S> fitted;
    FitReport report;
    if constexpr (DirectSolver<Solver>) {
        prepared.sample.target_coordinates = equilibrate(targets, options.fit_intercept);
        // one scale for all targets, so that the mean loss is theirs up to one factor
        prepared.sample.target_coordinates.scale.setConstant(prepared.sample.target_coordinates.scale.minCoeff());
        report = fit_directly<S>(prepared, options, solver, fitted);
    } else {
        const bool from_there = start.is_fitted;
        if (from_there) {
            if (start.W.rows() != prepared.sample.features() || start.W.cols() != k || start.b.size() != k)
                reject("start_at: ", start.W.rows(), " x ", start.W.cols(), " coefficients and ", start.b.size(),
                       " intercepts, expected ", prepared.sample.features(), " x ", k, " and ", k);
            fitted = start;
        }
        check_solver<Solver, Squared<S>, Penalty, Linear<S>>();
        IterativeFit<S> fit(Squared<S>(k), options.penalty,
                            Linear<S>(prepared.sample.features(), k, options.fit_intercept), prepared,
                            options.fit_intercept, wants_equilibrated_coordinates<Solver>);
        report = fit.run(solver, observer, fitted, from_there);
        report.mean_loss = report.objective - static_cast<double>(options.penalty.value(Coefficients<S>(fitted.W)));
        start.is_fitted = false;
    }
    report.model = model;
    report.rows = prepared.sample.rows();
    report.total_weight = static_cast<double>(prepared.sample.total_weight);
    report.objective_formula = "1/2 mean |y - eta|^2" + penalty_formula<Penalty>();
    report.feature_names = std::move(prepared.feature_names);
    fitted.report = std::move(report);
    map = std::move(fitted);
    return map.report;
}

template <Scalar S, class Data>
GRADUS_ONCE Likelihood<S> linear_likelihood(const Data& data, const std::vector<std::string>& names, bool has_intercept,
                                            const LinearMap<S>& map) {
    const DenseView<S> Y = view_of<S>(data.y_part());
    const Index k = map.W.cols();
    if (Y.columns() != k) reject("y has ", Y.columns(), " columns, the model has ", k, " targets");
    Prepared<S> prepared = prepare<S>(data, Y, k, names);
    column_statistics<S>(Y, prepared.sample, "y");
    const Index p = prepared.sample.features();
    auto out = likelihood_of<S>(Family::linear, Squared<S>(k), Linear<S>(p, k, has_intercept), std::move(prepared),
                                has_intercept, map.W, map.b);
    out.report = map.report;
    for (Index c = 0; c < k; ++c) out.outputs.push_back(k == 1 ? std::string("y") : text("y", c));
    return out;
}

/// 1 - residual / total sum of squares for each target, weighted.
template <Scalar S, class Data>
Vector<S> r_squared(const Data& data, const LinearMap<S>& map, bool has_intercept) {
    const DenseView<S> Y = view_of<S>(data.y_part());
    if (Y.rows() != data.X_part().rows()) reject("X has ", data.X_part().rows(), " rows, y has ", Y.rows());
    const Matrix<S> eta = map("linear regression", data.X_part());
    if (Y.columns() != eta.cols()) reject("y has ", Y.columns(), " columns, the model has ", eta.cols(), " targets");
    Matrix<S> y(Y.rows(), Y.columns());
    Y.copy_rows(0, y);
    Vector<S> s = Vector<S>::Ones(Y.rows());
    if constexpr (Data::has_weights) {
        const auto weights = view_of<S>(data.weights_part());
        if (weights.rows() != Y.rows()) reject("weights: ", weights.rows(), " entries for ", Y.rows(), " rows");
        weights.copy_rows(0, s);
    }
    Vector<S> out(Y.columns());
    for (Index c = 0; c < Y.columns(); ++c) {
        const S mean = has_intercept ? S(s.dot(y.col(c)) / s.sum()) : S(0);
        const S total = (s.array() * (y.col(c).array() - mean).square()).sum();
        out[c] = S(1) - (s.array() * (y.col(c) - eta.col(c)).array().square()).sum() / total;
    }
    return out;
}

}  // namespace detail

}  // namespace gradus
