#pragma once
// Which lambda? The one with the least loss on rows that were left out.

#include <gradus/core/random.hpp>
#include <gradus/core/spin_lock.hpp>
#include <gradus/models/measures.hpp>
#include <gradus/models/path.hpp>

#include <algorithm>
#include <numeric>

namespace gradus {

/// How rows are left out, and for which lambdas: those of a path.
struct CrossValidationOptions {
    Index folds = 10;
    std::uint64_t seed = 1;  ///< of the order in which rows are dealt out to folds
    Index count = 100;
    double smallest = 1e-2;
    std::vector<double> lambdas = {};
    CoordinateDescent solver = {};
    std::vector<Index> fold_of_row = {};  ///< 0, ..., folds - 1 for each row instead: rows that belong together
    Measure measure = Measure::loss;
    std::vector<double> l1_ratios = {};  ///< of an elastic net: each is tried, the one with the least loss is taken
    /// Called after each fit of all folds and of the path on all rows, by one thread at a time; of each l1_ratio anew.
    std::function<void(Index done, Index of)> progress = {};
    /// The penalty is taken of the coefficients of standardised columns, by the deviations of the rows that are fitted.
    bool standardize = false;
};

/// What cross_validate() found, by lambda from the largest to the smallest.
template <class Model>
struct CrossValidation {
    std::vector<double> lambdas;
    Eigen::VectorXd mean_loss;       ///< of rows that were left out, weighted, by the measure asked for
    Eigen::VectorXd standard_error;  ///< of that mean, from how it differs between the folds
    Eigen::MatrixXd fold_loss;       ///< lambdas x folds
    /// How many fits of folds did not converge: their losses are those of the best points that were found.
    Index unconverged = 0;
    Index best = 0, one_standard_error = 0;  ///< places in lambdas
    double best_lambda = 0;                  ///< of the least mean loss
    double one_standard_error_lambda = 0;    ///< the largest whose mean loss is within one standard error of the least
    std::vector<Index> fold_of_row;
    Path<Model> path;     ///< on all rows
    double l1_ratio = 1;  ///< of an elastic net: the one taken, and the least mean loss of each tried
    std::vector<double> ratio_losses;
    Model model;  ///< on all rows, with best_lambda
};

namespace detail {

/// The fold of each row: rows are shuffled, those with labels within each class, and dealt out in turn, so that folds
/// have nearly the same size and the same share of each class.
template <Scalar S>
GRADUS_ONCE std::vector<Index> deal_rows(const Problem<S>& problem, Index folds, std::uint64_t seed) {
    const Index n = problem.sample().rows();
    std::vector<Index> rows(static_cast<std::size_t>(n)), out(static_cast<std::size_t>(n));
    std::iota(rows.begin(), rows.end(), Index(0));
    Random random(seed);
    random.shuffle(rows);
    if (problem.family.has_labels()) {
        const Matrix<S> y = problem.sample().Y.all();
        std::stable_sort(rows.begin(), rows.end(), [&](Index a, Index b) { return y(a, 0) < y(b, 0); });
    }
    for (std::size_t i = 0; i < rows.size(); ++i)
        out[static_cast<std::size_t>(rows[i])] = static_cast<Index>(i) % folds;
    return out;
}

template <Scalar S>
GRADUS_ONCE std::vector<Index> folds_of(const Problem<S>& problem, const CrossValidationOptions& options) {
    const Index n = problem.sample().rows(), folds = options.folds;
    if (folds < 2 || folds > n)
        reject("cross_validate: ", folds, " folds of ", n, " rows, but there must be 2 at least and no more than rows");
    if (options.fold_of_row.empty()) return deal_rows(problem, folds, options.seed);
    if (static_cast<Index>(options.fold_of_row.size()) != n)
        reject("cross_validate: fold_of_row has ", options.fold_of_row.size(), " entries for ", n, " rows");
    for (const Index fold : options.fold_of_row)
        if (fold < 0 || fold >= folds) reject("cross_validate: there is no fold ", fold, " among ", folds);
    const Index last = *std::max_element(options.fold_of_row.begin(), options.fold_of_row.end());
    if (last < folds - 1)
        reject("cross_validate: fold_of_row has no row in fold ", folds - 1, "; is .folds = ", last + 1, " meant?");
    return options.fold_of_row;
}

/// Weights of the rows of one fold, or of all others, and their sum.
template <Scalar S>
struct FoldWeights {
    FoldWeights(const Sample<S>& sample, const std::vector<Index>& fold_of_row, Index fold, bool is_held_out) {
        Vector<S> s(sample.rows());
        sample.copy_weights(0, s);
        Sum<S> sum;
        for (Index i = 0; i < s.size(); ++i) {
            if ((fold_of_row[static_cast<std::size_t>(i)] == fold) != is_held_out) s[i] = S(0);
            sum.add(s[i]);
        }
        total = sum.value();
        if (!(total > S(0)))
            reject("cross_validate: the weights of all rows ", is_held_out ? "in" : "outside", " fold ", fold,
                   " are zero");
        values = Values<S>(Matrix<S>(s));
    }
    Values<S> values;
    S total;
};

/// Throws InvalidInput where a class is in one fold alone: without it there would be nothing to learn of the class.
template <Scalar S>
GRADUS_ONCE void check_classes(const Problem<S>& problem, const Vector<S>& training) {
    if (!problem.family.has_labels()) return;
    const Matrix<S> y = problem.sample().Y.all();
    const std::vector<std::string> names = problem.family.outputs();
    std::vector<bool> seen(names.size(), false);
    for (Index i = 0; i < y.rows(); ++i)
        if (training[i] > S(0)) {
            if (y(i, 0) > S(0) && y(i, 0) < S(1)) return;  // shares of successes
            seen[static_cast<std::size_t>(y(i, 0))] = true;
        }
    for (std::size_t c = 0; c < seen.size(); ++c)
        if (!seen[c])
            reject("cross_validate: all rows of class ", names[c],
                   " are in one fold; take fewer folds, or leave that class out");
}

/// The problem in rows of other weights. Columns are seen as in all rows.
template <Scalar S>
Problem<S> reweighted(Problem<S> problem, const FoldWeights<S>& weights) {
    Sample<S>& sample = problem.prepared.sample;
    problem.prepared.share_of_columns = weights.total / sample.total_weight;
    sample.weights = weights.values;
    sample.weight_scale = S(1);
    sample.total_weight = weights.total;
    return problem;
}

/// Throws InvalidInput where the responses have no such measure.
template <Scalar S>
GRADUS_ONCE void check_measure(const Problem<S>& problem, Measure measure) {
    const MarginKind kind = problem.family.margins();
    if (measure == Measure::auc && kind != MarginKind::binary)
        reject("cross_validate: the area under the ROC curve is for two classes");
    if (measure == Measure::misclassification && kind != MarginKind::binary && kind != MarginKind::softmax)
        reject("cross_validate: misclassification is for classes");
}

/// The measure where the last fit ended over rows of these weights.
template <Scalar S, class Penalty>
GRADUS_ONCE S measured(Measure measure, const Problem<S>& problem, const PathWalk<S, Penalty>& walk,
                       const FoldWeights<S>& rows) {
    const Matrix<S> eta = walk.fits().linear_predictor();
    if (measure == Measure::loss) return walk.loss(eta, rows.values, rows.total);
    const Matrix<S> y = problem.sample().Y.all();
    const Vector<S> s = rows.values.all();
    if (measure == Measure::misclassification) return misclassified_share<S>(eta, y, s);
    const S out = one_minus_auc<S>(eta, y, s);
    if (out < S(0)) reject("cross_validate: in some fold there are rows of one class alone; take fewer folds");
    return out;
}

/// Losses of each fold's rows, by fits to the others: lambdas x folds; and the folds' weights. Several workers take
/// folds in place of rows, each of which is fitted by one, with the same bits.
template <Scalar S, class Penalty>
GRADUS_ONCE Eigen::MatrixXd fold_losses(const Problem<S>& problem, const Penalty& penalty,
                                        const std::vector<double>& lambdas, const std::vector<Index>& fold_of_row,
                                        const CrossValidationOptions& options, Eigen::VectorXd& fold_weight,
                                        Index& unconverged) {
    Eigen::MatrixXd out(static_cast<Index>(lambdas.size()), fold_weight.size());
    Problem<S> by_one = problem;
    by_one.prepared.sample.executor = {};
    SpinLock lock;
    Index done = out.rows();
    const Index all = out.rows() * (out.cols() + 1);
    problem.sample().walker().for_each(fold_weight.size(), [&](Index fold, int) {
        const FoldWeights<S> held_out(by_one.sample(), fold_of_row, fold, true),
            others(by_one.sample(), fold_of_row, fold, false);
        check_classes<S>(by_one, others.values.all());
        const Problem<S> training = reweighted(by_one, others);
        const ColumnStatistics<S> columns =
            options.standardize
                ? column_statistics<S>(training.sample().X, training.sample(), training.prepared.largest_weight, "X")
                : ColumnStatistics<S>();
        PathWalk<S, Penalty> walk(training, penalty_of_columns(penalty, columns, options.standardize));
        for (Index i = 0; i < out.rows(); ++i) {
            const auto point = walk.fit(lambdas[static_cast<std::size_t>(i)], options.solver);
            out(i, fold) = static_cast<double>(measured(options.measure, by_one, walk, held_out));
            const Locked locked(lock);
            unconverged += !point.report.converged();
            if (options.progress) options.progress(++done, all);
        }
        fold_weight[fold] = static_cast<double>(held_out.total);
    });
    return out;
}

template <class Model>
GRADUS_ONCE void summarise(CrossValidation<Model>& out, const Eigen::VectorXd& weight) {
    const Index count = out.fold_loss.rows(), folds = out.fold_loss.cols();
    const double total = weight.sum();
    out.mean_loss.resize(count);
    out.standard_error.resize(count);
    for (Index i = 0; i < count; ++i) {
        double mean = 0, square = 0;
        for (Index k = 0; k < folds; ++k) mean += weight[k] / total * out.fold_loss(i, k);
        for (Index k = 0; k < folds; ++k)
            square += weight[k] / total * (out.fold_loss(i, k) - mean) * (out.fold_loss(i, k) - mean);
        out.mean_loss[i] = mean;
        out.standard_error[i] = std::sqrt(square / static_cast<double>(folds - 1));
        if (mean < out.mean_loss[out.best]) out.best = i;
    }
    const double bound = out.mean_loss[out.best] + out.standard_error[out.best];
    while (out.mean_loss[out.one_standard_error] > bound) ++out.one_standard_error;
    out.best_lambda = out.lambdas[static_cast<std::size_t>(out.best)];
    out.one_standard_error_lambda = out.lambdas[static_cast<std::size_t>(out.one_standard_error)];
}

template <class Model, class... Parts>
CrossValidation<Model> cross_validate_ratios(const Model&, const Observations<Parts...>&, CrossValidationOptions);

}  // namespace detail

/// k-fold cross-validation of lambda: the rows are dealt out to folds, and for each fold a path is fitted to the rows
/// of the others, for the same lambdas, and its losses on the fold's own rows are taken (Stone, J. R. Statist. Soc. B
/// 36 (1974), 111):
///
///     auto choice = cross_validate(lasso, X, y, {.folds = 10, .seed = 1});
///     choice.model.predict(X_new);   choice.best_lambda;   choice.one_standard_error_lambda;
///
/// Classes are shared out evenly. Rows are left out by a weight of zero, so X may be of any kind and is not copied.
/// With Observations(X, y).on(Threads{4}) threads share out the folds, with the same bits. `measure` says what is taken
/// for the loss of the rows left out, and `l1_ratios` lets an elastic net choose that too. Throws what fit() throws,
/// and InvalidInput where rows or classes are too few. As long as `folds` + 1 paths.
template <class Model, class... Parts>
CrossValidation<Model> cross_validate(const Model& model, const Observations<Parts...>& data,
                                      const CrossValidationOptions& options = {}) {
    using Access = detail::PathFit<Model>;
    using S = typename Model::Scalar;
    if (!options.l1_ratios.empty()) {
        if constexpr (requires(typename Model::Penalty penalty) { penalty.l1_ratio = 1.0; })
            return detail::cross_validate_ratios(model, data, options);
        else reject("cross_validate: l1_ratios are for a model with ElasticNet");
    }
    typename Access::Labels labels;
    const Problem<S> problem = Access::problem(model, data, labels);
    detail::check_measure(problem, options.measure);
    CrossValidation<Model> out;
    out.fold_of_row = detail::folds_of(problem, options);
    PathOptions along{options.count, options.smallest, options.lambdas, options.solver};
    along.standardize = options.standardize;
    if (options.progress)
        along.progress = [&](Index done, Index of) { options.progress(done, of * (options.folds + 1)); };
    out.path = fit_path(model, data, along);
    out.lambdas = out.path.lambdas();
    Eigen::VectorXd fold_weight(options.folds);
    out.fold_loss = detail::fold_losses(problem, model.options().penalty, out.lambdas, out.fold_of_row, options,
                                        fold_weight, out.unconverged);
    detail::summarise(out, fold_weight);
    out.model = out.path.model(out.best);
    if constexpr (requires { model.options().penalty.l1_ratio; }) out.l1_ratio = model.options().penalty.l1_ratio;
    out.ratio_losses = {out.mean_loss[out.best]};
    return out;
}
template <class Model, class X, class Y>
CrossValidation<Model> cross_validate(const Model& model, const X& x, const Y& y,
                                      const CrossValidationOptions& options = {}) {
    check_features<X>();
    return cross_validate(model, Observations(x, y), options);
}

namespace detail {

/// One cross-validation for each l1_ratio, over the same folds.
template <class Model, class... Parts>
CrossValidation<Model> cross_validate_ratios(const Model& model, const Observations<Parts...>& data,
                                             CrossValidationOptions options) {
    std::vector<double> ratios, losses;
    std::swap(ratios, options.l1_ratios);
    CrossValidation<Model> best;
    for (const double ratio : ratios) {
        auto own = model.options();
        own.penalty.l1_ratio = ratio;
        auto choice = cross_validate(Model(own), data, options);
        losses.push_back(choice.ratio_losses[0]);
        if (losses.back() <= *std::min_element(losses.begin(), losses.end())) best = std::move(choice);
        options.fold_of_row = best.fold_of_row;
    }
    best.ratio_losses = std::move(losses);
    return best;
}

}  // namespace detail

}  // namespace gradus
