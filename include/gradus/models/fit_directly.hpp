#pragma once
// Least squares by a direct solver.

#include <gradus/models/fit.hpp>

namespace gradus::detail {

/// The diagonal of the Hessian of a quadratic penalty, times the sum of the weights; empty when there is none. Throws
/// InvalidInput where it is beyond the range of S.
template <Scalar S>
Vector<S> ridge_amounts(const AnyPenalty<S>& penalty, Index features, const S& total_weight) {
    if (penalty.is_zero()) return {};
    const Matrix<S> W = Matrix<S>::Zero(features, 1);
    Matrix<S> h = W;
    penalty.add_curvature(Coefficients<S>(W), MatrixView<S>(h));
    const Vector<S> out = h.col(0) * total_weight;
    for (Index j = 0; j < features; ++j)
        if (!(out[j] <= std::numeric_limits<S>::max() / S(1024)))
            reject("penalty: feature ", j, " has a curvature of ", static_cast<double>(h(j, 0)),
                   ", which times the sum of the weights, ", static_cast<double>(total_weight),
                   ", is beyond the range");
    return out;
}

/// The problem with features and targets equilibrated, each target on its own scale.
template <Scalar S>
GRADUS_ONCE LeastSquares<S> least_squares_of(const Problem<S>& problem, const AnyPenalty<S>& penalty) {
    const Prepared<S>& prepared = problem.prepared;
    LeastSquares<S> out{prepared.sample, column_norms(prepared), problem.has_intercept,
                        ridge_amounts<S>(penalty, problem.features(), prepared.sample.total_weight)};
    out.sample.X =
        prepared.sample.X.seen_in(in_units_of(penalty, equilibrate(prepared.columns, problem.has_intercept)));
    const Coordinates<S> offsets = offset_coordinates(problem);
    out.sample.offset_origin = offsets.shift;
    out.sample.target_coordinates = equilibrated_targets(target_statistics(prepared), offsets, problem.has_intercept);
    return out;
}

template <Scalar S>
GRADUS_ONCE Parameters<S> user_parameters(const LeastSquares<S>& squares, const LeastSquaresSolution<S>& solution) {
    const Coordinates<S>& targets = squares.sample.target_coordinates;
    Parameters<S> out{solution.Z, solution.b, true};
    const Index k = out.W.cols();
    for (Index c = 0; c < k; ++c) {
        for (Index j = 0; j < out.W.rows(); ++j) out.W(j, c) /= targets.scale[c];
        out.b[c] = out.b[c] / targets.scale[c];
    }
    // the shift of the target and those of the columns in one sum, with one rounding
    const Vector<S> shift = intercept_shift(squares.sample, Matrix<S>(Matrix<S>::Identity(k, k)));
    Coordinates<S> both = squares.columns();
    Matrix<S> W(out.W.rows() + 1, k);
    for (Index c = 0; c < k; ++c) {
        for (Index j = 0; j < out.W.rows(); ++j) W(j, c) = out.W(j, c);
        W(out.W.rows(), c) = squares.has_intercept ? S(-1) : S(0);
    }
    for (Index c = 0; c < k; ++c) {
        Coordinates<S> one{Vector<S>::Zero(W.rows()), Vector<S>::Ones(W.rows())};
        for (Index j = 0; j + 1 < W.rows(); ++j) one.shift[j] = both.shift[j], one.scale[j] = both.scale[j];
        one.shift[W.rows() - 1] = shift[c];
        Matrix<S> w = W.col(c);
        Vector<S> b = out.b.segment(c, 1);
        one.leave(w, b, Matrix<S>::Identity(1, 1));
        for (Index j = 0; j < out.W.rows(); ++j) out.W(j, c) = w(j, 0);
        out.b[c] = squares.has_intercept ? b[0] : S(0);
    }
    return out;
}

/// Of all targets, in the user's units.
template <Scalar S>
GRADUS_ONCE double mean_loss(const LeastSquares<S>& squares, const LeastSquaresSolution<S>& solution) {
    const Vector<S>& scale = squares.sample.target_coordinates.scale;
    if (scale.size() == 1) return static_cast<double>(S(solution.loss / scale[0] / scale[0]));
    const EmpiricalRisk<S> risk = squares.risk();
    return user_loss(risk, risk.predictor().parameters(solution.Z, solution.b));
}

/// Largest component of the gradient with respect to the user's parameters.
template <Scalar S>
GRADUS_ONCE double user_gradient_norm(const LeastSquares<S>& squares, const LeastSquaresSolution<S>& solution) {
    const Index p = squares.features(), k = squares.outputs();
    Matrix<S> G = Eigen::Map<const Matrix<S>>(solution.gradient.data(), p, k);
    Vector<S> g = squares.has_intercept ? Vector<S>(solution.gradient.tail(k)) : Vector<S>(Vector<S>::Zero(k));
    for (Index c = 0; c < k; ++c) {
        const S unit = squares.sample.target_coordinates.scale[c];
        for (Index j = 0; j < p; ++j) G(j, c) /= unit;
        g[c] /= unit;
    }
    squares.columns().gradient_leaves(G, g, Matrix<S>::Identity(k, k));
    return static_cast<double>(max_norm<S>(flat(G, g, squares.has_intercept)));
}

template <Scalar S>
GRADUS_ONCE FitReport report_solution(const Problem<S>& problem, const AnyPenalty<S>& penalty,
                                      const LeastSquares<S>& squares, const LeastSquaresSolution<S>& solution,
                                      Parameters<S>& found) {
    found = user_parameters(squares, solution);
    FitReport report;
    report.solver = solution.method;
    report.rows = problem.sample().rows();
    report.features = problem.features();
    report.total_weight = static_cast<double>(S(problem.sample().total_weight / problem.sample().weight_scale));
    report.parameters = found.W.size() + (problem.has_intercept ? found.b.size() : 0);
    if (solution.megabytes_needed > 0) {
        report.status = Status::too_large;
        report.message = text("the factor of ", squares.unknowns(), " columns needs ", solution.megabytes_needed,
                              " MB, more than max_megabytes allows; NewtonCG and ConjugateGradient need none");
        name_cause(report, words_of(problem));
        return report;
    }
    report.rank = solution.rank;
    report.condition_number = solution.condition;
    report.correct_digits = solution.correct_digits;
    report.dependent_columns = solution.dependent;
    report.iterations = 1;
    const bool is_doubtful = doubt_rank_beside_far_rows(problem, report);
    report.message = text("solved directly, about ", static_cast<int>(report.correct_digits),
                          " correct digits (condition number ", solution.condition, ")", report.message);
    if (solution.rank < report.features && !is_doubtful)
        report.message +=
            text("; rank ", solution.rank, " of ", report.features, ": the coefficients are those of least norm");
    if (*solution.note) report.message += text("; ", solution.note);
    report.status = report.correct_digits >= least_digits ? Status::converged : Status::ill_conditioned;
    name_cause(report, words_of(problem));
    report.counts.gradients = solution.sweeps - 1;
    report.mean_loss = in_range(mean_loss(squares, solution));
    report.objective = in_range(report.mean_loss + static_cast<double>(penalty.value(Coefficients<S>(found.W))));
    report.gradient_norm = in_range(user_gradient_norm(squares, solution));
    return report;
}

template <Scalar S, class Solver>
FitReport fit_directly(const Problem<S>& problem, const AnyPenalty<S>& penalty, const Solver& solver,
                       Parameters<S>& found) {
    const LeastSquares<S> squares = least_squares_of(problem, penalty);
    return report_solution<S>(problem, penalty, squares, solver.template solve<S>(squares), found);
}

GRADUS_COMPILE(FitReport report_solution(const Problem<double>&, const AnyPenalty<double>&, const LeastSquares<double>&,
                                         const LeastSquaresSolution<double>&, Parameters<double>&))

}  // namespace gradus::detail
