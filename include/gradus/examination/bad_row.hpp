#pragma once
// The row in which numbers stop being finite.

#include <gradus/objectives/risk_terms.hpp>

namespace gradus {

/// The first row whose loss or slope is not finite, its eta, and the column that contributes most to it. row < 0: there
/// is none.
template <Scalar S>
struct BadRow {
    Index row = -1, column = -1;
    S eta{0};
    void merge(const BadRow& other) {
        if (other.row >= 0 && (row < 0 || other.row < row)) *this = other;
    }
};

/// One walk over the rows.
template <Scalar S>
GRADUS_ONCE BadRow<S> find_bad_row(const RiskTerms<S>& risk, const Vector<S>& theta) {
    using std::abs, std::isfinite;
    BadRow<S> bad = risk.walk().reduce(theta, BadRow<S>{}, [&](const EvaluatedRows<S>& rows, BadRow<S>& part) {
        for (Index i = 0; part.row < 0 && i < rows.count(); ++i) {
            auto slope = MatrixView<S>(rows.scratch.slope.topRows(1));
            bool is_finite = isfinite(risk.loss().value_and_slope(rows.y.middleRows(i, 1), rows.eta.middleRows(i, 1),
                                                                  Vector<S>::Ones(1), slope));
            for (Index c = 0; c < slope.cols(); ++c)
                is_finite = is_finite && isfinite(slope(0, c)) && isfinite(rows.eta(i, c));
            if (!is_finite) part = {rows.block.first() + i, -1, rows.eta(i, 0)};
        }
    });
    if (bad.row < 0 || risk.sample().features() == 0) return bad;
    const Matrix<S> W = risk.user_coefficients(theta);
    S largest(-1);
    for (Index j = 0; j < W.rows(); ++j)
        for (Index c = 0; c < W.cols(); ++c) {
            const S part = abs(S(risk.sample().X.entry(bad.row, j) * W(j, c)));
            if (!(part <= largest)) largest = part, bad.column = j;
        }
    return bad;
}

}  // namespace gradus
