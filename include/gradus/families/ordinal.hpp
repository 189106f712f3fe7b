#pragma once
// Classes with an order.

#include <gradus/core/errors.hpp>
#include <gradus/families/family.hpp>
#include <gradus/losses/cumulative_link.hpp>
#include <gradus/predictors/proportional_odds.hpp>

namespace gradus::families {

/// P(level <= c) = F(eta_c), c = 0, ..., K - 2, F of the link; eta_c = threshold_c - x'w.
template <Scalar S, class Link>
struct Ordinal {
    using Scalar = S;
    static constexpr MarginKind margins = MarginKind::ordinal;

    std::vector<std::string> levels;

    Index count() const { return static_cast<Index>(levels.size()); }
    CumulativeLink<S, Link> loss() const { return CumulativeLink<S, Link>(count()); }
    Predictor<S> predictor(Index p, bool) const { return proportional_odds_predictor<S>(p, count()); }
    std::string name() const { return text("ordinal regression with ", count(), " levels, link ", Link::name); }
    std::string formula() const { return "mean -log(F(threshold_y - x'w) - F(threshold_{y-1} - x'w))"; }
    std::vector<std::string> outputs() const { return levels; }
    /// The slopes, then the thresholds.
    std::vector<NamedParameter> parameters(const std::vector<std::string>& features, bool) const {
        std::vector<NamedParameter> out = named_parameters(features, {""}, false);
        for (std::size_t c = 0; c + 1 < levels.size(); ++c)
            out.push_back({"", levels[c] + "|" + levels[c + 1], static_cast<Index>(features.size() + c)});
        return out;
    }

    Index class_of(const ConstMatrixView<S>& eta, Index row) const {
        const Matrix<S> log_probability = log_means(eta.middleRows(row, 1));
        Index best = 0;
        for (Index c = 1; c < log_probability.cols(); ++c)
            if (log_probability(0, c) > log_probability(0, best)) best = c;
        return best;
    }
    /// Probabilities, n x K. No difference of cumulative probabilities is taken: small ones keep their digits.
    Matrix<S> means(const Matrix<S>& eta) const { return exp_of(log_means(eta)); }
    /// Their logarithms: finite also where a probability underflows.
    Matrix<S> log_means(const Matrix<S>& eta) const {
        const S infinity = std::numeric_limits<S>::infinity();
        Matrix<S> out(eta.rows(), count());
        for (Index c = 0; c < out.cols(); ++c)
            log_interval(out.col(c), [&](Index i, S& a, S& b) {
                a = c > 0 ? eta(i, c - 1) : S(-infinity);
                b = c < eta.cols() ? eta(i, c) : infinity;
            });
        return out;
    }
    /// P(level <= c), n x (K - 1).
    Matrix<S> cumulative(const Matrix<S>& eta) const {
        Matrix<S> out(eta.rows(), eta.cols());
        for (Index c = 0; c < out.cols(); ++c)
            log_interval(out.col(c), [&](Index i, S& a, S& b) {
                a = -std::numeric_limits<S>::infinity();
                b = eta(i, c);
            });
        return exp_of(std::move(out));
    }

private:
    // log(F(b_i) - F(a_i)) into `out`, where bounds(i, a, b) tells the ends of the interval of row i
    template <class Bounds>
    static void log_interval(VectorView<S> out, Bounds&& bounds) {
        for (Index first = 0; first < out.size(); first += max_block_rows) {
            const Index n = std::min<Index>(max_block_rows, out.size() - first);
            BlockArray<S> a(n), b(n);
            for (Index i = 0; i < n; ++i) bounds(first + i, a[i], b[i]);
            IntervalLosses<S> loss(n);
            Link::template intervals<S>(a, b, loss);
            for (Index i = 0; i < n; ++i) out[first + i] = -loss.value[i];
        }
    }
    static Matrix<S> exp_of(Matrix<S> logarithms) {
        using std::exp;
        for (Index j = 0; j < logarithms.size(); ++j) logarithms.data()[j] = exp(logarithms.data()[j]);
        return logarithms;
    }
};

GRADUS_COMPILE(struct Ordinal<double, Logit>)

}  // namespace gradus::families
