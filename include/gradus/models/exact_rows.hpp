#pragma once
// The rows of a fit in the user's own numbers, for what has to be decided without rounding.

#include <gradus/examination/separation.hpp>
#include <gradus/models/problem.hpp>

#include <optional>

namespace gradus::detail {

template <Scalar S>
bool all_are_signs(const Matrix<S>& M) {
    for (Index j = 0; j < M.size(); ++j)
        if (M.data()[j] != S(0) && M.data()[j] != S(1) && M.data()[j] != S(-1)) return false;
    return true;
}

/// A predictor with the same margins, of which every gradient of eta is an entry of X, its negative, 0 or 1. Margins of
/// softmax are differences of etas, so that the first class can be the reference; the symmetric coefficients would have
/// roots in their loadings. Empty: there is none.
template <Scalar S>
GRADUS_ONCE std::optional<Predictor<S>> exact_predictor(const Predictor<S>& predictor, MarginKind kind) {
    const Index k = predictor.outputs(), p = predictor.features();
    if (kind == MarginKind::softmax) {
        const Matrix<S> I = Matrix<S>::Identity(k, k), rest = I.rightCols(k - 1);
        if (predictor.loadings() != I || predictor.width() + 1 < k) return {};
        return Predictor<S>(p, rest.transpose(), I, predictor.intercepts() > 0 ? rest : Matrix<S>(k, 0));
    }
    const Matrix<S> R = predictor.coefficient_map();
    if (!all_are_signs(product<S>(R, predictor.loadings())) || !all_are_signs<S>(R) ||
        !all_are_signs(predictor.intercept_map()))
        return {};
    return predictor;
}

/// The rows with that predictor, where the scalar is a binary number.
template <Scalar S>
GRADUS_ONCE std::optional<RiskTerms<S>> exact_rows(const RiskTerms<S>& risk, MarginKind kind) {
    if (std::numeric_limits<S>::radix != 2) return {};
    std::optional<Predictor<S>> predictor = exact_predictor(risk.predictor(), kind);
    if (!predictor) return {};
    Sample<S> sample = risk.sample();
    sample.X = sample.X.seen_in({});
    return std::optional<RiskTerms<S>>(std::in_place, risk.loss(), risk.penalty(), std::move(*predictor),
                                       std::move(sample));
}

/// user_functionals() of these rows, times the number of classes for softmax: minus the mean over classes, as the
/// user's coefficients are.
template <Scalar S>
GRADUS_ONCE Matrix<S> exact_functionals(const RiskTerms<S>& exact, MarginKind kind) {
    Matrix<S> out = user_functionals(exact);
    if (kind != MarginKind::softmax || out.size() == 0) return out;
    const Index k = exact.predictor().outputs(), p = exact.predictor().features();
    const auto centre = [&](Index first, Index step) {
        Vector<S> sum = Vector<S>::Zero(out.cols());
        for (Index c = 0; c < k; ++c) sum += out.row(first + c * step).transpose();
        for (Index c = 0; c < k; ++c)
            out.row(first + c * step) = S(static_cast<double>(k)) * out.row(first + c * step) - sum.transpose();
    };
    for (Index j = 0; j < p; ++j) centre(j, p);
    centre(p * k, 1);
    return out;
}

/// The parameters of these rows that the user's coefficients belong to: of softmax their differences from those of the
/// first class.
template <Scalar S>
GRADUS_ONCE Matrix<S> exact_parameters(const RiskTerms<S>& exact, MarginKind kind) {
    const Predictor<S>& predictor = exact.predictor();
    const Index p = predictor.features(), m = predictor.loadings().rows(), k = predictor.outputs();
    Matrix<S> out(predictor.dimension(), p * m + k);
    for (Index q = 0; q < out.cols(); ++q) {
        Matrix<S> W = Matrix<S>::Zero(p, m);
        Vector<S> b = Vector<S>::Zero(k);
        (q < p * m ? W.data()[q] : b[q - p * m]) = S(1);
        if (kind == MarginKind::softmax) {
            W.colwise() -= Vector<S>(W.col(0));
            b.array() -= S(b[0]);
        }
        out.col(q) = predictor.parameters(W, b);
    }
    return out;
}

/// The view of these rows that decide_separation() needs.
template <Scalar S>
GRADUS_ONCE SeparationView<RowWalk<S>, S> exact_view(const RiskTerms<S>& exact, MarginKind kind) {
    return {&exact.walk(), exact_functionals(exact, kind), exact_parameters(exact, kind)};
}

}  // namespace gradus::detail
