#pragma once
// The fits of one model for a sequence of lambdas.

#include <gradus/models/degrees_of_freedom.hpp>
#include <gradus/models/model.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <optional>
#include <utility>
#include <vector>

namespace gradus {

/// Which lambdas, and how each is fitted.
struct PathOptions {
    Index count = 100;
    double smallest = 1e-2;            ///< the last lambda as a share of the first; between them a geometric sequence
    std::vector<double> lambdas = {};  ///< these instead, from the largest to the smallest
    /// For corners of other shapes than single coefficients and groups, FISTA with its tolerance.
    CoordinateDescent solver = {};
    std::function<void(Index done, Index of)> progress = {};  ///< called after each fit
    /// The penalty is taken of the coefficients of standardised columns: see Lasso::in_units().
    bool standardize = false;
};

template <class Model>
class Path;

namespace detail {

/// What may look into models.
template <class Model>
struct PathFit {
    using S = typename Model::Scalar;
    using Labels = typename Model::Labels;

    template <class Data>
    static Problem<S> problem(const Model& model, const Data& data, Labels& labels) {
        return model.checked_problem(data, labels);
    }
    static const Labels& labels(const Model& model) { return model.labels(); }
    static const Parameters<S>& found(const Model& model) { return model.found(); }
    static void describe(const Model& model, const Problem<S>& problem, FitReport& report) {
        model.describe(problem, report);
    }
    static void set(Model& model, AnyFamily<S> family, Labels labels, Parameters<S> found, FitReport report) {
        model.take(std::move(family), std::move(labels), std::move(found), std::move(report));
    }
};

/// The penalty as it is or, if `standardize`, in units of the deviations of the columns; a constant column has none.
template <Scalar S, class Penalty>
Penalty penalty_of_columns(const Penalty& penalty, const ColumnStatistics<S>& columns, bool standardize) {
    if (!standardize) return penalty;
    if constexpr (requires(const Eigen::VectorXd& units) {
                      { penalty.in_units(units) } -> std::same_as<Penalty>;
                  }) {
        const auto deviation = columns.deviation.template cast<double>();
        return penalty.in_units((deviation.array() > 0).select(deviation, 1.0));
    } else
        reject("standardize is for penalties with in_units(), as Lasso and ElasticNet have: standardise the columns");
}

/// The fits of one problem along a path.
template <Scalar S, class Penalty>
class PathWalk {
public:
    static_assert(
        CornerPenalty<Penalty, S> && requires(Penalty penalty) { penalty.lambda = 1.0; },
        "gradus: a path is for a model whose penalty has corners and a lambda, as Lasso has");
    using Risk = ModelObjective<S>;
    using Solver = std::conditional_t<takes_coordinate_descent<Penalty, S>(), CoordinateDescent, FISTA>;

    struct Point {
        Parameters<S> found;
        FitReport report;
    };

    PathWalk(const Problem<S>& problem, const Penalty& penalty)
        : problem_(&problem), given_(penalty), penalty_(penalty), fit_(problem, {}) {}

    /// The least lambda from which on all coefficients stay zero that a very large one holds there: a subgradient at
    /// zero balances the slopes. Found by halving from the penalty's distance to its subdifferential alone. Of an
    /// elastic net with less than a thousandth of the lasso that of one with a thousandth, since without the lasso
    /// there is none. Throws InvalidInput where nothing is held.
    GRADUS_ONCE double largest_lambda() {
        constexpr double huge = 1e30, tiny = 1e-30;
        Penalty penalty = given_;
        if constexpr (requires { penalty.l1_ratio; }) penalty.l1_ratio = std::max(1e-3, penalty.l1_ratio);
        penalty_ = penalty;
        penalty_.lambda = huge;
        next();
        penalty_ = given_;
        const Vector<S> x = fit_.at().x, gradient = fit_.gradient();
        Vector<S> move;
        std::vector<Index> held;
        const auto all_stay = [&](double lambda) {
            penalty.lambda = lambda;
            fit_.corner_of(penalty).residual(x, gradient, move);
            return std::all_of(held.begin(), held.end(), [&](Index j) { return move[j] == S(0); });
        };
        all_stay(huge);
        for (Index j = 0; j < fit_.risk().predictor().first_intercept(); ++j)
            if (x[j] == S(0) && move[j] == S(0)) held.push_back(j);
        if (held.empty())
            reject("path: no lambda makes a coefficient zero, so there is none to begin with; give lambdas");
        double high = 1;
        while (!all_stay(high) && high < huge) high *= 2;
        while (all_stay(high / 2) && high > tiny) high /= 2;
        if (!(high > tiny)) return 0;  // nothing to explain
        for (double low = high / 2; high - low > static_cast<double>(epsilon<S>) * high;) {
            const double middle = (low + high) / 2;
            if (!(middle > low && middle < high)) break;
            (all_stay(middle) ? high : low) = middle;
        }
        return high * (1 + 8 * static_cast<double>(epsilon<S>));
    }

    GRADUS_ONCE Point fit(double lambda, const CoordinateDescent& solver) {
        if constexpr (ElasticPenalty<Penalty, S>) look_ahead(lambda);
        penalty_.lambda = lambda;
        if constexpr (std::is_same_v<Solver, CoordinateDescent>) solver_ = solver;
        else solver_.tolerance = solver.tolerance;
        return next();
    }

    /// Says where the last fit need not be the only minimum.
    void remark_on_uniqueness(FitReport& report, bool at_a_glance) const {
        fit_.remark_on_uniqueness(penalty_, report, at_a_glance);
    }

    /// Of the last fit: O(s^3) for a support of s where the penalty has curvature.
    double degrees_of_freedom() const {
        return detail::degrees_of_freedom(*problem_, fit_.risk(), fit_.corner_of(penalty_), fit_.at().x);
    }

    const CornerFit<Risk, Solver>& fits() const { return fit_; }

    /// The mean loss over rows of these weights, n x 1, whose eta this is, n x k.
    GRADUS_ONCE S loss(const Matrix<S>& eta, const Values<S>& weights, const S& total) const {
        Sample<S> sample = fit_.risk().sample();
        sample.weights = weights;
        sample.weight_scale = S(1);
        const RowWalk<S> walk(std::move(sample), fit_.risk().predictor());
        const auto sum = walk.reduce_targets(Sum<S>(), [&](Index first, Index b, RowScratch<S>& rows, Sum<S>& part) {
            MatrixView<S> here = rows.eta.topRows(b);
            here = eta.middleRows(first, b);
            walk.sample().silence(rows.s.head(b), here);
            part.add(fit_.risk().loss().value(rows.y.topRows(b), here, rows.s.head(b)));
        });
        return sum.value() / total;
    }

private:
    // While none becomes zero or leaves it, coefficients are linear in lambda with squared loss (Osborne, Presnell and
    // Turlach, IMA J. Numer. Anal. 20 (2000), 389), nearly so with others. Those that would change sign are zero.
    // Sweeps from there move a quarter fewer coordinates (2000 x 10000, gap 1e-4).
    void look_ahead(double lambda) {
        const Vector<S>& x = fit_.at().x;
        const double share = (lambda_ - lambda) / (lambda_before_ - lambda_);
        if (x_before_.size() == x.size() && share > 0 && share <= 2) {
            const Index intercepts_from = fit_.risk().predictor().first_intercept();
            Vector<S> ahead = x;
            for (Index j = 0; j < x.size(); ++j)
                if (x_before_[j] != S(0)) {
                    ahead[j] += S(share) * (x[j] - x_before_[j]);
                    if (j < intercepts_from && !(ahead[j] * x[j] > S(0))) ahead[j] = S(0);
                }
            fit_.expect(std::move(ahead));
        }
        x_before_ = x;
        lambda_before_ = std::exchange(lambda_, lambda);
    }
    Point next() {
        Point out;
        NoObserver nobody;
        out.report = fit_.fit(penalty_, solver_, nobody, out.found);
        return out;
    }

    const Problem<S>* problem_;
    Penalty given_, penalty_;
    Solver solver_;
    Vector<S> x_before_;  // of the fit before the last one
    double lambda_ = std::numeric_limits<double>::quiet_NaN(), lambda_before_ = lambda_;
    CornerFit<Risk, Solver> fit_;
};

GRADUS_COMPILE(double degrees_of_freedom(const Problem<double>&, const EmpiricalRisk<double>&,
                                         const ElasticPart<double>&, const Vector<double>&))

/// The lambdas of a path. Throws InvalidInput.
GRADUS_ONCE inline std::vector<double> path_lambdas(const PathOptions& options, double largest) {
    if (!options.lambdas.empty()) {
        for (std::size_t i = 0; i < options.lambdas.size(); ++i)
            if (!(options.lambdas[i] >= 0) || !std::isfinite(options.lambdas[i]) ||
                (i > 0 && options.lambdas[i] > options.lambdas[i - 1]))
                reject("path: lambda ", i, " is ", options.lambdas[i],
                       ", but they must be finite, >= 0, and none larger than the one before");
        return options.lambdas;
    }
    if (options.count < 1) reject("path: count is ", options.count, ", but must be at least 1");
    if (!(options.smallest > 0 && options.smallest <= 1))
        reject("path: smallest is ", options.smallest, ", but must be a share of the largest lambda, in (0, 1]");
    std::vector<double> out;
    for (Index i = 0; i < options.count; ++i)
        out.push_back(i == 0 ? largest
                             : largest * std::pow(options.smallest,
                                                  static_cast<double>(i) / static_cast<double>(options.count - 1)));
    return out;
}

/// The log-likelihood where the mean loss is `loss`; NaN: the loss does not tell it.
template <class Risk, Scalar S>
GRADUS_ONCE double log_likelihood_at(const Problem<S>& problem, const Risk& risk, double loss) {
    const Sample<S>& sample = problem.sample();
    const double total = static_cast<double>(S(sample.total_weight / sample.weight_scale));
    if (problem.family.dispersion() == Dispersion::estimated) {
        if (!problem.family.is_least_squares() || problem.family.loss().outputs() > 1)
            return std::numeric_limits<double>::quiet_NaN();
        return -total / 2 * (std::log(2 * std::numbers::pi * 2 * loss) + 1);
    }
    const auto constant = risk.walk().reduce_targets(Sum<S>(), [&](Index, Index b, RowScratch<S>& rows, Sum<S>& part) {
        part.add(problem.family.constant(rows.y.topRows(b), rows.s.head(b)));
    });
    return static_cast<double>(S(constant.value() / sample.weight_scale)) - loss * total;
}

}  // namespace detail

/// What a model is for each lambda of a path, from the largest to the smallest; see fit_path(). Coefficients are kept
/// without their zeros.
template <class Model>
class Path {
    using Access = detail::PathFit<Model>;

public:
    using S = typename Model::Scalar;

    Index size() const { return static_cast<Index>(points_.size()); }
    double lambda(Index i) const { return at(i).lambda; }
    std::vector<double> lambdas() const {
        std::vector<double> out;
        for (const Point& point : points_) out.push_back(point.lambda);
        return out;
    }
    const FitReport& report(Index i) const { return at(i).report; }

    /// A model as if it had been fitted with this lambda.
    Model model(Index i) const {
        const Point& point = at(i);
        auto options = options_;
        options.penalty.lambda = point.lambda;
        Parameters<S> found{Matrix<S>::Zero(features_, columns_), point.b, true};
        for (std::size_t l = 0; l < point.places.size(); ++l) found.W.data()[point.places[l]] = point.values[l];
        Model out(std::move(options));
        Access::set(out, *family_, labels_, std::move(found), point.report);
        return out;
    }
    /// As those of a model: p numbers, or p x k.
    auto coefficients(Index i) const {
        return std::remove_cvref_t<decltype(std::declval<const Model&>().coefficients())>(model(i).coefficients());
    }
    /// As of a model; ordinal: the thresholds.
    auto intercept(Index i) const {
        if constexpr (requires(const Model& m) { m.thresholds(); }) return Vector<S>(model(i).thresholds());
        else return std::remove_cvref_t<decltype(std::declval<const Model&>().intercept())>(model(i).intercept());
    }

    /// How many coefficients are not zero.
    Index nonzero(Index i) const { return static_cast<Index>(at(i).places.size()); }
    /// How many parameters are estimated: the coefficients that are not zero, each of which counts for as much as the
    /// curvature of the penalty leaves of it, and the intercepts. For the lasso with squared loss their number is an
    /// unbiased estimate (Zou, Hastie and Tibshirani, Ann. Statist. 35 (2007), 2173), as that of groups is (Vaiter et
    /// al., Ann. Inst. Statist. Math. 69 (2017), 791); where a penalty is not convex one may count for more than one.
    /// NaN, and so the criteria, where a penalty has no curvature(), or where the curvature is not positive.
    double degrees_of_freedom(Index i) const { return at(i).degrees_of_freedom; }
    /// 1 - deviance / deviance of the best constant; of squared loss R^2.
    double deviance_explained(Index i) const { return at(i).deviance_explained; }
    /// -2 log-likelihood + 2 degrees of freedom (Akaike); sigma of a linear model is one more parameter. NaN where the
    /// loss is no likelihood.
    double aic(Index i) const { return criterion(i, 2); }
    /// The same with the logarithm of the sum of the weights in place of 2 (Schwarz).
    double bic(Index i) const { return criterion(i, std::log(report(i).total_weight)); }
    /// BIC + 2 gamma log (p over m), m the coefficients that are not zero of p there could be: it keeps its head where
    /// features are more than rows (Chen and Chen, Biometrika 95 (2008), 759). gamma = 0: BIC.
    double ebic(Index i, double gamma = 1) const {
        const double p = static_cast<double>(features_ * columns_), m = static_cast<double>(nonzero(i));
        return bic(i) + 2 * gamma * (std::lgamma(p + 1) - std::lgamma(m + 1) - std::lgamma(p - m + 1));
    }

private:
    template <class M, class... Parts>
    friend Path<M> fit_path(const M&, const Observations<Parts...>&, const PathOptions&);

    struct Point {
        double lambda = 0;
        std::vector<Index> places;  // among the columns of W one after another
        std::vector<S> values;
        Vector<S> b;
        FitReport report;
        double degrees_of_freedom = 0, deviance_explained = 0, log_likelihood = 0;
    };

    const Point& at(Index i) const {
        if (i < 0 || i >= size()) reject("path: there is no place ", i, " among ", size());
        return points_[static_cast<std::size_t>(i)];
    }
    double criterion(Index i, double price) const {
        const bool has_sigma = family_->dispersion() == Dispersion::estimated;
        return -2 * at(i).log_likelihood + price * (at(i).degrees_of_freedom + (has_sigma ? 1 : 0));
    }
    using Walk = detail::PathWalk<S, typename Model::Penalty>;
    void add(double lambda, const Problem<S>& problem, const Walk& walk, typename Walk::Point point) {
        const Matrix<S>& W = point.found.W;
        features_ = W.rows(), columns_ = W.cols();
        Point out{lambda, {}, {}, std::move(point.found.b), std::move(point.report), walk.degrees_of_freedom()};
        for (Index j = 0; j < W.size(); ++j)
            if (W.data()[j] != S(0)) out.places.push_back(j), out.values.push_back(W.data()[j]);
        const double least = static_cast<double>(walk.fits().least_loss()),
                     constant = static_cast<double>(walk.fits().constant_loss());
        out.deviance_explained = constant > least ? (constant - out.report.mean_loss) / (constant - least) : 0;
        out.log_likelihood = detail::log_likelihood_at(problem, walk.fits().risk(), out.report.mean_loss);
        points_.push_back(std::move(out));
    }

    typename Model::Options options_;
    std::optional<AnyFamily<S>> family_;
    typename Access::Labels labels_ = {};
    Index features_ = 0, columns_ = 0;
    std::vector<Point> points_;
};

/// Fits a model for lambda after lambda, from the one at which all penalised coefficients are zero, each from where the
/// last one ended:
///
///     auto path = fit_path(lasso, X, y, {.count = 100, .smallest = 1e-2});
///     path.coefficients(7);   path.report(7).duality_gap;   path.model(7).predict(X_new);
///
/// The penalty may be any that has corners and a member `lambda`, the user's own too. The model is not changed; its
/// penalty's own lambda plays no part. Throws what fit() throws. Of X nothing is copied.
template <class Model, class... Parts>
Path<Model> fit_path(const Model& model, const Observations<Parts...>& data, const PathOptions& options = {}) {
    using Access = detail::PathFit<Model>;
    Path<Model> out;
    typename Access::Labels labels;
    const auto problem = Access::problem(model, data, labels);
    auto model_options = model.options();
    model_options.penalty =
        detail::penalty_of_columns(model_options.penalty, problem.prepared.columns, options.standardize);
    detail::PathWalk<typename Model::Scalar, typename Model::Penalty> walk(problem, model_options.penalty);
    const double largest = options.lambdas.empty() ? walk.largest_lambda() : 0;
    const std::vector<double> lambdas = detail::path_lambdas(options, largest);
    for (const double lambda : lambdas) {
        auto point = walk.fit(lambda, options.solver);
        Access::describe(model, problem, point.report);
        // the last fit is asked in earnest: it has most columns, and what is regular in them is so in a part of them
        walk.remark_on_uniqueness(point.report, out.size() + 1 < static_cast<Index>(lambdas.size()));
        out.add(lambda, problem, walk, std::move(point));
        if (options.progress) options.progress(out.size(), static_cast<Index>(lambdas.size()));
    }
    out.options_ = std::move(model_options);
    out.family_ = problem.family;
    out.labels_ = std::move(labels);
    return out;
}
template <class Model, class X, class Y>
Path<Model> fit_path(const Model& model, const X& x, const Y& y, const PathOptions& options = {}) {
    check_features<X>();
    return fit_path(model, Observations(x, y), options);
}

}  // namespace gradus
