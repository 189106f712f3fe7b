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

/// What rows give to a certificate: the largest relative fall of a factor, by how much a further step may change one
/// more, in units of sqrt(e'J_i'C_i J_i e), and the sum of J_i'g'_i with the size of its terms.
template <Scalar S>
struct CertificatePart {
    explicit CertificatePart(Index dimension) : rest(dimension) {}
    S fall{0}, swing{0}, sizes{0};
    VectorSum<S> rest;
    void see(const S& fall_here, const S& swing_here) {
        if (!(fall_here <= fall)) fall = fall_here;
        if (!(swing_here <= swing)) swing = swing_here;
    }
    void merge(const CertificatePart& other) {
        see(other.fall, other.swing);
        sizes += other.sizes;
        rest.merge(other.rest);
    }
};

/// part += J_i'g_i in nearly exact products, of these very numbers. Of a softmax the factors are the slopes of the
/// classes that are not the row's; its own has to be what makes their sum zero, and is that but for a rounding.
template <class Risk, Scalar S>
GRADUS_ONCE void add_factors_exactly(const Risk& risk, MarginKind kind, const Matrix<S>& slope,
                                     const EvaluatedRows<S>& rows, VectorSum<S>& part) {
    risk.walk().add_pullback_exactly(rows, slope, part);
    if (kind != MarginKind::softmax) return;
    Matrix<S> missing = Matrix<S>::Zero(slope.rows(), slope.cols());
    for (Index i = 0; i < slope.rows(); ++i) {
        Sum<S> sum;
        for (Index c = 0; c < slope.cols(); ++c) sum.add(slope(i, c));
        missing(i, static_cast<Index>(rows.y(i, 0))) = -sum.value();
    }
    risk.walk().add_pullback(rows, missing, part);
}

/// Slopes of the rows after the step d, their part of the sum, and how much each factor fell.
template <class Risk, Scalar S>
void certify_rows(const Risk& risk, MarginKind kind, const Vector<S>& d, const EvaluatedRows<S>& rows, bool exactly,
                  CertificatePart<S>& part) {
    using std::abs, std::sqrt;
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
            if (factor > std::numeric_limits<S>::min())
                part.see(S(1) - sign * after(i, c) / factor, sqrt(abs(curvature(i, pair_index(c, c, k)))) / factor);
            else  // underflow: the bounds above
                part.see(abs(value_of<S>(margin, change)), std::numeric_limits<S>::infinity());
        });
        for (Index c = 0; c < k; ++c) part.sizes += abs(after(i, c));
    }
    if (exactly) add_factors_exactly(risk, kind, after, rows, part.rest);
    else risk.walk().add_pullback(rows, after, part.rest);
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
/// |J_ij| <= 1 in equilibrated columns) is added; so is what rounding may have hidden in r. Or, where that is less, by
/// Cauchy and Schwarz |(C_i J_i e)_c| <= sqrt(C_cc e'J_i'C_i J_i e) and J_i'C_i J_i <= H, so that a factor changes by
/// no more than sqrt(C_cc) |S r| / sqrt(weakest): the root of weak directions, as of columns with a condition number of
/// 10^6 (20000 x 40, four classes: without it the existence of a finite optimum was in doubt after 7 s of a linear
/// program). Where that proves nothing, the sum is taken again in nearly exact products, in which next to nothing
/// hides. O(n p k): three products with X, or ten.
template <class Risk, Scalar S>
GRADUS_ONCE S existence_certificate(const Risk& risk, MarginKind kind, const SecondOrderStep<S>& step,
                                    bool up_to_rounding = false) {
    using std::abs, std::sqrt;
    const S nothing = std::numeric_limits<S>::infinity();
    if (!(step.weakest > S(0)) || (step.flat.cols() > 0 && !up_to_rounding) || !all_finite(step.d)) return nothing;
    const RowWalk<S>& walk = risk.walk();
    for (Index j = 0; j < step.flat.cols(); ++j)
        if (!detail::changes_nothing<S>(walk, step.flat.col(j))) return nothing;
    for (const bool exactly : {false, true}) {
        const auto sum = walk.reduce(step.x, detail::CertificatePart<S>(risk.dimension()),
                                     [&](const EvaluatedRows<S>& rows, detail::CertificatePart<S>& part) {
                                         detail::certify_rows(risk, kind, step.d, rows, exactly, part);
                                     });
        const S& total = walk.sample().total_weight;
        Vector<S> rest(risk.dimension());
        sum.rest.mean(total, rest);
        S hidden = S(128) * epsilon<S> * sum.sizes / total, left(0), reach(0);
        if (exactly) hidden *= RowBlock<S>::share_of_rounding(walk.sample().X);
        for (Index j = 0; j < rest.size(); ++j) {
            const S error = (abs(rest[j]) + hidden) * step.scale[j];
            left += error * error;
            reach += step.scale[j] * step.scale[j];
        }
        const S swing = sum.swing * sqrt(S(total / step.weakest));
        const S certificate = sum.fall + S(2) * sqrt(left) * std::min(S(sqrt(reach) / step.weakest), swing);
        if (certificate < S(1)) return certificate;
        if (!(sum.fall < S(1))) break;
    }
    return nothing;
}

}  // namespace gradus
