#pragma once
// The proof, from a fit itself, that the estimate it came to exists.

#include <gradus/examination/margins.hpp>
#include <gradus/objectives/empirical_risk.hpp>
#include <gradus/solvers/result.hpp>

namespace gradus {

/// Whether the likelihood of a classification (or of counts) has a maximum at finite parameters.
enum class Existence {
    not_examined,          ///< not a question of this model, or more parameters than the question is affordable for
    in_doubt,              ///< neither proven nor refuted
    finite,                ///< proven: there is one
    separated_completely,  ///< a direction along which every margin grows: all probabilities tend to 0 and 1
    separated_quasi,       ///< a direction along which no margin falls and some grow; none is known for the others
};

constexpr const char* name(Existence existence) {
    switch (existence) {
    case Existence::not_examined:
        return "not examined";
    case Existence::in_doubt:
        return "in doubt";
    case Existence::finite:
        return "finite";
    case Existence::separated_completely:
        return "completely separated";
    case Existence::separated_quasi:
        return "quasi-completely separated";
    }
    return "";
}

namespace detail {

template <Scalar S>
struct LargestChange {
    S value{0};
    void see(const S& x) {
        using std::abs;
        if (!(abs(x) <= value)) value = abs(x);  // NaN is passed on
    }
    void merge(const LargestChange& other) { see(other.value); }
};

/// Whether eta stays what it is along v, in equilibrated columns. Where the curvature has vanished with the slopes, H
/// is as flat as along dependent columns, but eta is not: taking the one for the other would call separated classes
/// finite.
template <Scalar S>
GRADUS_ONCE bool changes_nothing(const RowWalk<S>& walk, const Vector<S>& v) {
    using std::sqrt;
    const auto change = walk.reduce(LargestChange<S>{}, [&](const EvaluatedRows<S>& rows, LargestChange<S>& part) {
        auto image = MatrixView<S>(rows.scratch.low.topRows(rows.count()));
        walk.predictor().forward(rows.block, v, image, rows.scratch.predictor);
        for (Index c = 0; c < image.cols(); ++c)
            for (Index i = 0; i < image.rows(); ++i) part.see(image(i, c));
    });
    return change.value <= sqrt(epsilon<S>) * max_norm(v);
}

/// What rows give to a certificate: the largest relative fall of a factor, and the sum of J_i'g'_i with the size of its
/// terms.
template <Scalar S>
struct CertificatePart {
    explicit CertificatePart(Index dimension) : rest(dimension) {}
    S fall{0}, sizes{0};
    VectorSum<S> rest;
    void see(const S& x) {
        if (!(x <= fall)) fall = x;
    }
    void merge(const CertificatePart& other) {
        see(other.fall);
        sizes += other.sizes;
        rest.merge(other.rest);
    }
};

/// Slopes of the rows after the step d, their part of the sum, and how much each factor fell.
template <class Risk, Scalar S>
void certify_rows(const Risk& risk, MarginKind kind, const Vector<S>& d, const EvaluatedRows<S>& rows,
                  CertificatePart<S>& part) {
    using std::abs;
    const Index k = risk.loss().outputs(), b = rows.count();
    auto before = rows.slope(), curvature = rows.curvature();
    auto change = MatrixView<S>(rows.scratch.low.topRows(b));
    risk.loss().derivatives(rows.y, rows.eta, rows.s, before, curvature);
    risk.predictor().forward(rows.block, d, change, rows.scratch.predictor);
    Matrix<S> after = before;
    add_curvature_times<S>(curvature, change, after);
    for (Index i = 0; i < b; ++i) {
        if (!(rows.s[i] > S(0))) continue;
        for_each_margin(kind, i, S(rows.y(i, 0)), k, [&](const Margin& margin) {
            if (margin.is_free) return;
            // the factor of eta_y - eta_c is the slope in eta_c, that of eta_y alone minus its slope
            const Index c = margin.minus < 0 ? margin.plus : margin.minus;
            const S sign = margin.minus < 0 ? S(-1) : S(1), factor = sign * before(i, c);
            part.see(factor > std::numeric_limits<S>::min()
                         ? S(S(1) - sign * after(i, c) / factor)
                         : abs(value_of<S>(margin, change)));  // underflow: the bounds above
        });
        for (Index c = 0; c < k; ++c) part.sizes += abs(after(i, c));
    }
    risk.walk().add_pullback(rows, after, part.rest);
}

}  // namespace detail

/// A number below 1 proves that the estimate exists. Infinite: nothing is proven; nor is it where H does not resolve
/// every direction, since eta may change a little along one that is flat. `up_to_rounding`: directions along which eta
/// changes by no more than the root of epsilon count as dependent columns, which have no estimate of their own.
///
/// It exists if and only if factors lambda_m > 0, one for each margin z_m (a vector in the parameters), have sum_m
/// lambda_m z_m = 0 (Gordan; Albert and Anderson, Biometrika 71 (1984), 1, and Silvapulle, J. R. Statist. Soc. B 43
/// (1981), 310). At the optimum the slopes of the loss along the margins are such factors; near it they nearly are, and
/// one Newton step d = -H^-1 g makes them so, provided that none becomes negative: with slope g_i (k numbers) and
/// curvature C_i of row i, g'_i = g_i + C_i J_i d has sum_i J_i' g'_i = g + H d = 0. Row by row, t = J_i d:
///
///     binary      y = 1: lambda' = (1 - p)(1 - p t) > 0 if t < 1;    y = 0: lambda' = p (1 + (1 - p) t) > 0 if t > -1
///     softmax     lambda'_c = p_c (1 + t_c - sum_d p_d t_d) > 0 if max t - min t < 1
///     count       y = 0: lambda' = mu (1 + t) > 0 if t > -1
///     ordinal     lambda'_y = -g'_y, lambda'_(y-1) = g'_(y-1)
///
/// A margin whose opposite is there too may have a factor of any sign, the two being the difference of positive ones.
/// The number is the largest relative fall of a factor. What rounding leaves of the sum, r = sum_i J_i' g'_i, is made
/// up for by a further step e = -H^-1 r, whose effect |J_i e| <= |J_i S| |S r| / weakest (S: the scale of the step;
/// |J_ij| <= 1 in equilibrated columns) is added; so is what rounding may have hidden in r. O(n p k): three products
/// with X.
template <class Risk, Scalar S>
GRADUS_ONCE S existence_certificate(const Risk& risk, MarginKind kind, const SecondOrderStep<S>& step,
                                    bool up_to_rounding = false) {
    using std::abs, std::sqrt;
    const S nothing = std::numeric_limits<S>::infinity();
    if (!(step.weakest > S(0)) || (step.flat.cols() > 0 && !up_to_rounding) || !all_finite(step.d)) return nothing;
    const RowWalk<S>& walk = risk.walk();
    for (Index j = 0; j < step.flat.cols(); ++j)
        if (!detail::changes_nothing<S>(walk, step.flat.col(j))) return nothing;
    const auto sum = walk.reduce(step.x, detail::CertificatePart<S>(risk.dimension()),
                                 [&](const EvaluatedRows<S>& rows, detail::CertificatePart<S>& part) {
                                     detail::certify_rows(risk, kind, step.d, rows, part);
                                 });
    Vector<S> rest(risk.dimension());
    sum.rest.mean(walk.sample().total_weight, rest);
    S left(0), reach(0);
    for (Index j = 0; j < rest.size(); ++j) {
        const S error = (abs(rest[j]) + S(128) * epsilon<S> * sum.sizes / walk.sample().total_weight) * step.scale[j];
        left += error * error;
        reach += step.scale[j] * step.scale[j];
    }
    const S certificate = sum.fall + S(2) * sqrt(left * reach) / step.weakest;
    return certificate < S(1) ? certificate : nothing;
}

}  // namespace gradus
