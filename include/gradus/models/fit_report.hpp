#pragma once
// What a fit says about itself.

#include <gradus/core/types.hpp>
#include <gradus/examination/existence.hpp>
#include <gradus/models/model_words.hpp>
#include <gradus/solvers/result.hpp>

#include <ostream>
#include <string>
#include <vector>

namespace gradus {

namespace detail {

/// The first dozen of a list, and how many more there are.
class ShortList {
public:
    template <class... Parts>
    void add(const Parts&... parts) {
        if (++count_ <= most) words_ += text(count_ > 1 ? ", " : "", parts...);
    }
    bool is_empty() const { return count_ == 0; }
    std::string words() const { return count_ > most ? text(words_, " and ", count_ - most, " more") : words_; }

private:
    static constexpr Index most = 12;
    Index count_ = 0;
    std::string words_;
};

/// "1 row", "2 rows"
inline std::string counted(Index count, const char* what) { return text(count, " ", what, count == 1 ? "" : "s"); }

}  // namespace detail

/// Everything that fit() found out, in the user's coordinates and in double whatever the scalar of the model. What is
/// not known is -1 (numbers) or empty.
struct FitReport {
    Status status = Status::iteration_limit;
    std::string message;        ///< why it stopped, the cause in numbers and, where there is one, the remedy
    Cause cause = Cause::none;  ///< Cause::none exactly when the fit is a success
    std::string remedy;         ///< a line of code that would do better; empty for a success, or where none would
    /// Cause::non_finite: the first row whose loss is, and the column that weighs most in it.
    Index bad_row = -1, bad_column = -1;

    std::string model, solver;
    std::string choice;  ///< what of the problem made the library choose it; empty: nothing out of the ordinary
    std::string objective_formula;  ///< what was minimised
    double objective = 0;           ///< its value: mean loss plus penalty
    double mean_loss = 0;
    /// Firth: log-likelihood + log det I / 2, I in the user's units.
    double penalised_log_likelihood = std::numeric_limits<double>::quiet_NaN();
    Index rows = 0, features = 0, parameters = 0;
    double total_weight = 0;

    int iterations = 0;
    Counts counts;

    double gradient_norm = 0;       ///< largest |component| of the gradient of the objective
    double relative_gradient = -1;  ///< the same, each component in units of its size under the intercept-only fit
    double newton_decrement = -1;
    /// Of the coefficients: -log10 of the largest error beside the largest coefficient, of the target for which that is
    /// least, both in the user's units and in those in which columns are alike; estimated. A success has 3 at least.
    double correct_digits = -1;
    double condition_number = -1;  ///< of the centred columns, each scaled to unit length (logistic: weighted)
    Index rank = -1;               ///< of the features beside the intercept

    std::vector<Index>
        dependent_columns;  ///< combinations of the columns before them; coefficients are of least norm then
    std::vector<std::string> feature_names;
    double duality_gap = -1;           ///< objective - optimum is at most this; known of convex penalties with corners
    double relative_duality_gap = -1;  ///< as a share of the loss of the best constant, beyond the least there could be
    Existence existence = Existence::not_examined;  ///< of a finite estimate; asked where there is no penalty
    double existence_certificate = -1;              ///< Existence::finite: < 1 proves it, see existence_certificate()
    /// Separated classes: slopes (p x k) and intercept (k) along which the likelihood grows for ever: no row's true
    /// class loses by it, and some gain.
    Eigen::MatrixXd separating_slopes;
    Eigen::VectorXd separating_intercept;
    /// And which of them go to + or - infinity: 1 or -1; 0: it stays finite. Empty where rounding leaves that open.
    Eigen::MatrixXi infinite_slopes;
    Eigen::VectorXi infinite_intercept;

    bool converged() const { return is_success(status); }
    /// False of a model that was loaded, or made from parameters.
    bool was_fitted() const { return !solver.empty(); }
    /// Whether intercepts alone go to infinity, which no penalty holds.
    bool is_held_by_no_penalty() const { return separating_intercept.size() > 0 && separating_slopes.isZero(0); }

    std::string feature_name(Index j) const {
        const auto at = static_cast<std::size_t>(j);
        return at < feature_names.size() ? "'" + feature_names[at] + "'" : text("column ", j);
    }
    /// Of the dependent columns, the first dozen.
    std::string dependent_names() const {
        detail::ShortList names;
        for (const Index column : dependent_columns) names.add(feature_name(column));
        return names.words();
    }
};

namespace detail {

/// A success has as many digits.
inline constexpr double least_digits = 3;

/// Squares of numbers near the end of the range are beyond it; then the largest number stands for them.
inline double in_range(double x) {
    constexpr double most = std::numeric_limits<double>::max();
    return x > most ? most : x;
}

template <Scalar S>
constexpr const char* scalar_name() {
    return std::is_same_v<S, float>         ? "float"
           : std::is_same_v<S, double>      ? "double"
           : std::is_same_v<S, long double> ? "long double"
                                            : "Scalar";
}
/// The cause as far as the status tells it, and the usual remedy.
GRADUS_ONCE inline void name_cause(FitReport& report, const ModelWords& words) {
    const auto is = [&](Cause cause, std::string remedy) {
        report.cause = cause;
        report.remedy = std::move(remedy);
    };
    switch (report.status) {
    case Status::converged:
    case Status::rounding_floor:
        return is(Cause::none, "");
    case Status::separated:
        return is(Cause::separated, report.is_held_by_no_penalty() ? "" : words.with_ridge());
    case Status::existence_in_doubt:
        return is(Cause::existence_in_doubt, words.with_ridge());
    case Status::ill_conditioned:
        return is(Cause::rank_deficient,
                  words.is_least_squares && !words.has_corners && report.solver != std::string("QR")
                      ? "model.fit(X, y, gradus::QR{});"
                      : words.wider_model());
    case Status::line_search_failed:
        if (report.cause == Cause::overflow) return is(Cause::overflow, words.wider_model());
        if (report.cause == Cause::edge_of_domain || report.cause == Cause::kink)
            return is(
                report.cause,
                "model.start_at(coefficients, intercept);  // away from where the loss is not finite or not smooth");
        if (report.cause == Cause::rounding_floor) return is(Cause::rounding_floor, words.wider_model());
        return is(Cause::wrong_derivative,
                  "slope = (value(y, eta + h) - value(y, eta - h)) / (2 * h);  // what the loss should return");
    case Status::unbounded:
    case Status::saddle:
        return is(report.status == Status::saddle ? Cause::saddle : Cause::unbounded, words.with_ridge());
    case Status::diverged:  // of solvers that choose their steps: values stopped being finite; of others
                            // explain_steps() says more
    case Status::non_finite:
        return is(Cause::non_finite,
                  "model.start_at(coefficients, intercept);  // with X * coefficients of moderate size");
    case Status::stopped_by_observer:
        return is(Cause::stopped_by_observer,
                  "model.start_at(model.coefficients(), model.intercept()).fit(X, y, solver);  // goes on from there");
    case Status::too_large:
        return is(Cause::budget_used_up,
                  words.has_corners ? "model.fit(X, y, gradus::FISTA{});" : "model.fit(X, y, gradus::NewtonCG{});");
    case Status::vanishing_slopes:
        return is(Cause::budget_used_up,
                  words.has_corners ? "solver.tolerance /= 1000;" : "model.fit(X, y, gradus::Newton{});");
    default:
        return is(Cause::budget_used_up, "solver.max_iterations *= 10;");
    }
}

}  // namespace detail

namespace detail {

/// Of separated classes, for each column of slopes: along which direction, and what is infinite in the limit.
inline void print_directions(std::ostream& out, const FitReport& report) {
    // of an ordinal model all thresholds belong to the one column of slopes
    const Index columns = report.separating_slopes.cols(), intercepts = report.separating_intercept.size();
    const bool has_thresholds = intercepts > columns;
    for (Index c = 0; c < columns; ++c) {
        ShortList direction, limits;
        const auto add = [&](const std::string& name, double slope, int sign) {
            if (slope != 0) direction.add(name, " ", slope);
            if (sign != 0) limits.add(name, sign > 0 ? " +" : " -");
        };
        const bool has_limits = report.infinite_slopes.size() > 0;
        for (Index j = 0; j < report.separating_slopes.rows(); ++j)
            add(report.feature_name(j), report.separating_slopes(j, c), has_limits ? report.infinite_slopes(j, c) : 0);
        for (Index i = has_thresholds ? 0 : c; i < (has_thresholds ? intercepts : c + 1); ++i)
            add(has_thresholds ? text("threshold ", i) : std::string("intercept"), report.separating_intercept[i],
                has_limits ? report.infinite_intercept[i] : 0);
        out << "  direction   " << direction.words() << '\n';
        if (has_limits) out << "  infinite    " << (limits.is_empty() ? "none" : limits.words()) << '\n';
    }
}

}  // namespace detail

/// The explanation in words and numbers.
inline std::ostream& operator<<(std::ostream& out, const FitReport& report) {
    using detail::counted;
    const auto line = [&](const char* what, const auto&... parts) { out << "  " << what << text(parts...) << '\n'; };
    out << report.model << " by " << report.solver << ": " << name(report.status) << '\n';
    line("because     ", report.message);
    if (report.cause != Cause::none)
        line("cause       ", name(report.cause), report.remedy.empty() ? "" : "; try  ", report.remedy);
    if (!report.choice.empty()) line("chosen for  ", report.choice);
    line("minimised   ", report.objective_formula, " = ", report.objective);
    if (!std::isnan(report.penalised_log_likelihood))
        line("likelihood  ", -report.mean_loss * report.total_weight, ", penalised ", report.penalised_log_likelihood);
    line("data        ", counted(report.rows, "row"), ", ", counted(report.features, "feature"),
         report.total_weight == static_cast<double>(report.rows) ? std::string()
                                                                 : text(", weights sum to ", report.total_weight));
    line("work        ", counted(report.iterations, "iteration"), ", ", counted(report.counts.gradients, "gradient"),
         ", ", counted(report.counts.hessians, "Hessian"), ", ", counted(report.counts.ray_points, "line-search point"),
         report.counts.hessian_products == 0
             ? std::string()
             : ", " + counted(report.counts.hessian_products, "product") + " with a Hessian");
    line("optimality  largest gradient component ", report.gradient_norm,
         report.relative_gradient < 0 ? std::string() : text(", relative ", report.relative_gradient),
         report.newton_decrement < 0 ? std::string() : text(", Newton decrement ", report.newton_decrement));
    if (report.duality_gap >= 0)
        line("certificate the optimum is less by no more than the duality gap, ", report.duality_gap, ", relative ",
             report.relative_duality_gap);
    if (report.correct_digits >= 0)
        line("accuracy    about ", counted(static_cast<Index>(report.correct_digits), "correct digit"),
             " in the coefficients");
    else if (report.converged()) line("accuracy    how many digits are correct is not known");
    if (report.rank >= 0)
        line("rank        ", report.rank, " of ", report.features,
             report.condition_number < 0 ? std::string() : text(", condition number ", report.condition_number));
    if (!report.dependent_columns.empty())
        line("dependent   ", report.dependent_names(),
             ": combinations of the columns before them; the coefficients are those of least norm");
    if (report.existence == Existence::finite)
        line("existence   a finite optimum, proven: certificate ", report.existence_certificate, " < 1");
    else if (report.existence == Existence::in_doubt) line("existence   in doubt");
    else if (report.existence != Existence::not_examined) line("existence   none: ", name(report.existence));
    detail::print_directions(out, report);
    return out;
}

}  // namespace gradus
