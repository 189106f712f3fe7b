#pragma once
// Ordered categories: the probability of a level is that of an interval.

#include <gradus/losses/loss.hpp>
#include <gradus/numeric/lanes.hpp>
#include <gradus/numeric/links.hpp>

#include <cmath>

namespace gradus {

/// l(y, eta) = -log(F(eta_y) - F(eta_{y-1})) for a level y in {0, ..., K-1}, with K - 1 outputs eta_0 < ... < eta_{K-2}
/// between eta_{-1} = -infinity and eta_{K-1} = +infinity: P(y <= c) = F(eta_c), the cumulative link models of
/// McCullagh (J. R. Statist. Soc. B 42 (1980), 109, eq. 2.3). For F whose density is log-concave, as those of all links
/// here are, l is convex (Pratt, J. Am. Statist. Ass. 76 (1981), 103).
///
/// Only eta_y and eta_{y-1} matter to a row. Where they do not increase the row has no probability: the value is
/// +infinity, slope and curvature are zero, and a line search takes a shorter step. There is no bound of the curvature,
/// which grows as (eta_y - eta_{y-1})^-2.
template <Scalar S = double, class Link_ = Logit>
class CumulativeLink {
public:
    using Scalar = S;
    using Link = Link_;
    static constexpr bool is_convex = true;
    static_assert(gradus::Link<Link, S>, "gradus: the link of an ordinal model is Logit, Probit, ComplementaryLogLog, "
                                         "or a type with name, quantile() and intervals()");

    explicit CumulativeLink(Index levels) : outputs_(levels - 1) {}
    Index outputs() const { return outputs_; }
    bool admits(const S& y) const {
        using std::floor;
        return y >= S(0) && y <= S(outputs_) && floor(y) == y;
    }
    const char* domain() const { return "a level code 0, ..., K-1"; }

    S value(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s) const {
        return sum(rows(y, eta), s);
    }

    S value_and_slope(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s,
                      MatrixView<S> slope) const {
        const IntervalLosses<S> row = rows(y, eta);
        write_slope(row, y, s, slope);
        return sum(row, s);
    }

    S derivatives(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s,
                  MatrixView<S> slope, MatrixView<S> curvature) const {
        const IntervalLosses<S> row = rows(y, eta);
        write_slope(row, y, s, slope);
        curvature.setZero();
        for (Index i = 0; i < eta.rows(); ++i) {
            if (!(s[i] > S(0))) continue;
            const Index c = code(y(i, 0));
            if (c > 0) curvature(i, pair_index(c - 1, c - 1, outputs_)) = s[i] * row.aa[i];
            if (c < outputs_) curvature(i, pair_index(c, c, outputs_)) = s[i] * row.bb[i];
            if (c > 0 && c < outputs_) curvature(i, pair_index(c, c - 1, outputs_)) = s[i] * row.ab[i];
        }
        return sum(row, s);
    }

    /// F^-1 of the weighted shares of the levels up to each threshold.
    Vector<S> intercept_only(const ConstMatrixView<S>& y, const ConstVectorView<S>& s) const {
        Vector<S> mass = Vector<S>::Zero(outputs_ + 1), eta(outputs_);
        for (Index i = 0; i < y.rows(); ++i) mass[code(y(i, 0))] += s[i];
        S below(0), above(0);
        for (Index c = outputs_; c > 0; --c) eta[c - 1] = above += mass[c];
        for (Index c = 0; c < outputs_; ++c) {
            below += mass[c];
            eta[c] = Link::template quantile<S>(below, S(eta[c]));
        }
        return eta;
    }

    /// The least value that any eta could give: zero.
    S saturated(const ConstMatrixView<S>&, const ConstVectorView<S>&) const { return S(0); }

private:
    static Index code(const S& y) { return static_cast<Index>(y); }

    IntervalLosses<S> rows(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta) const {
        const Index n = eta.rows();
        const S infinity = std::numeric_limits<S>::infinity();
        BlockArray<S> a(n), b(n);
        for (Index i = 0; i < n; ++i) {
            const Index c = code(y(i, 0));
            a[i] = c > 0 ? eta(i, c - 1) : S(-infinity);
            b[i] = c < outputs_ ? eta(i, c) : infinity;
        }
        IntervalLosses<S> out(n);
        Link::template intervals<S>(a, b, out);
        return out;
    }

    void write_slope(const IntervalLosses<S>& row, const ConstMatrixView<S>& y, const ConstVectorView<S>& s,
                     MatrixView<S>& slope) const {
        slope.setZero();
        for (Index i = 0; i < slope.rows(); ++i) {
            if (!(s[i] > S(0))) continue;
            const Index c = code(y(i, 0));
            if (c > 0) slope(i, c - 1) = s[i] * row.a[i];
            if (c < outputs_) slope(i, c) = s[i] * row.b[i];
        }
    }

    // a row of weight zero counts nothing, also where it has no probability
    static S sum(const IntervalLosses<S>& row, const ConstVectorView<S>& s) {
        return weighted_sum<S>(s, [&](Index i) { return row.value[i]; });
    }

    Index outputs_;
};

GRADUS_COMPILE(class CumulativeLink<double>)

}  // namespace gradus
