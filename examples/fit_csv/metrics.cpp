#include "metrics.hpp"

#include <gradus/metrics/classification.hpp>
#include <gradus/metrics/probability.hpp>
#include <gradus/metrics/ranking.hpp>
#include <gradus/metrics/regression.hpp>

#include <cmath>
#include <numeric>

namespace fit_csv {

namespace {

using Eigen::Index;

/// Single outcomes: a row of trials stands for its successes and its failures.
struct Outcomes {
    std::vector<int> truth, predicted;
    RealMatrix P;
    RealVector weights;
};

Outcomes outcomes(const Problem& problem, const RealMatrix& mean, const RealVector& weights) {
    const Index n = problem.rows(), times = problem.is_grouped() ? 2 : 1;
    Outcomes out{{}, {}, mean.replicate(times, 1), weights.replicate(times, 1)};
    for (Index copy = 0; copy < times; ++copy)
        for (Index i = 0; i < n; ++i) {
            Index best = 0;
            mean.row(i).maxCoeff(&best);
            out.predicted.push_back(static_cast<int>(best));
            out.truth.push_back(static_cast<int>(problem.is_grouped() ? copy : static_cast<Index>(problem.Y(i, 0))));
            if (problem.is_grouped())
                out.weights[copy * n + i] *= copy == 1 ? problem.Y(i, 0) : problem.trials[i] - problem.Y(i, 0);
        }
    return out;
}

// By the logarithm of the odds, in which probabilities near one keep their digits; not known where all rows that count
// are of one class.
Real area_under_roc(const Outcomes& rows, Index code) {
    std::vector<int> is_class;
    RealVector score(rows.P.rows());
    Real positive = 0, negative = 0;
    for (Index i = 0; i < score.size(); ++i) {
        is_class.push_back(rows.truth[static_cast<std::size_t>(i)] == code);
        (is_class.back() ? positive : negative) += rows.weights[i];
        Real others = 0;
        for (Index c = 0; c < rows.P.cols(); ++c)
            if (c != code) others += rows.P(i, c);
        score[i] = std::log(rows.P(i, code)) - std::log(others);
    }
    return positive > 0 && negative > 0 ? gradus::roc_auc(is_class, score, rows.weights) : unknown;
}

Metrics of_classes(const Problem& problem, const RealMatrix& mean, const RealVector& weights) {
    const Outcomes rows = outcomes(problem, mean, weights);
    Metrics out;
    if (!(rows.weights.sum() > 0)) return out;
    std::vector<int> codes(problem.classes.size());
    std::iota(codes.begin(), codes.end(), 0);
    const auto confusion = gradus::confusion_matrix_over(rows.truth, rows.predicted, codes, rows.weights);
    out.confusion = confusion.counts;
    out.accuracy = gradus::accuracy(confusion);
    out.log_loss = gradus::log_loss(rows.truth, rows.P, codes, rows.weights);
    const Index K = mean.cols();
    out.auc.resize(K == 2 ? 1 : K);
    for (Index c = 0; c < out.auc.size(); ++c) out.auc[c] = area_under_roc(rows, K == 2 ? 1 : c);
    return out;
}

}  // namespace

Metrics metrics(const Problem& problem, const Options& options, const RealMatrix& mean, const RealVector& weights) {
    Metrics out;
    if (!mean.allFinite() || !(weights.maxCoeff() > 0)) return out;
    if (!problem.classes.empty()) return of_classes(problem, mean, weights);
    // a part of the mean itself, but for counts, of whose logarithm it is one
    const RealMatrix offset = options.is_count() ? RealMatrix::Zero(mean.rows(), mean.cols()) : problem.offset;
    out.r_squared = gradus::r_squared(RealMatrix(problem.Y - offset), RealMatrix(mean - offset), weights);
    out.root_mean_squared_error = gradus::root_mean_squared_error(problem.Y, mean, weights);
    out.mean_absolute_error = gradus::mean_absolute_error(problem.Y, mean, weights);
    return out;
}

}  // namespace fit_csv
