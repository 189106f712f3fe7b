#pragma once
// Does the maximum-likelihood estimate exist?

#include <gradus/data/sample.hpp>
#include <gradus/solvers/direct/rank.hpp>

namespace gradus {

/// A direction in which the likelihood of a classification model rises for ever (Albert and Anderson, Biometrika 71 (1984), 1): for every
/// row with true class y and every other class c the margin x'(d_y - d_c) is >= 0, and > 0 for one. Empty when none was found.
template <Scalar S>
struct Separation {
    Vector<S> direction;       ///< in the parameters of the objective
    bool is_complete = false;  ///< every margin is > 0: the classes are separated completely, else quasi-completely
    bool found() const { return direction.size() > 0; }
};

namespace detail {

/// For one row: eta_plus - eta_minus, by which its true class is ahead of another; -1: nothing, as for the class whose eta is zero.
struct Margin {
    Index plus, minus;
};

/// A row with a share strictly between 0 and 1 has both classes true.
template <Scalar S, class Visit>
void for_each_margin(const S& y, Index outputs, Visit&& visit) {
    if (outputs == 1) {
        if (y > S(0)) visit(Margin{0, -1});
        if (y < S(1)) visit(Margin{-1, 0});
    } else {
        const Index own = static_cast<Index>(y);
        for (Index c = 0; c < outputs; ++c)
            if (c != own) visit(Margin{own, c});
    }
}

template <Scalar S>
S margin_of(const Matrix<S>& eta, Index row, const Margin& margin) {
    const auto value = [&](Index c) { return c < 0 ? S(0) : S(eta(row, c)); };
    return value(margin.plus) - value(margin.minus);
}

}  // namespace detail

/// Looks for a separating direction near theta, a point that a solver reached on its way to infinity, and *verifies* what it finds: a direction
/// is returned only when every margin, recomputed, is >= 0 up to the rounding of the product itself. Not finding one proves nothing.
///
/// Where theta classifies every row rightly it is such a direction itself, however few steps led to it. Otherwise the rows of separated data fall into
/// two kinds as theta runs away: those whose other classes have lost all probability, and those that stay undecided because the direction
/// leaves their eta alone. So: take the rows still undecided, remove from theta its part that they see (least_norm through their
/// triangular factor), and check the margins of what is left. Where to draw the line between the kinds is tried at several levels. A count
/// (Poisson) is a case of the same: a positive one holds its eta from both sides, like a share strictly between 0 and 1, and a zero holds
/// it from above, like a class 0. O(n m^2) for each level, m parameters; done only for fits that look as if they had run away.
template <class Risk, Scalar S>
GRADUS_ONCE Separation<S> find_separation(const Risk& risk, const Vector<S>& theta, bool y_is_count = false) {
    using std::abs, std::exp;
    const Sample<S>& sample = risk.sample();
    const Index n = sample.rows(), k = risk.loss().outputs(), m = theta.size();
    const Matrix<S> eta = risk.linear_predictor(theta);
    Vector<S> y(n), s(n);
    sample.Y.copy_rows(0, y);
    sample.copy_weights(0, s);
    for (Index i = 0; y_is_count && i < n; ++i) y[i] = y[i] > S(0) ? S(0.5) : S(0);

    // the least margin, relative to the largest, below which a margin counts as rounding; -1: not a separating direction
    const auto verify = [&](const Vector<S>& d, bool& complete) {
        const Matrix<S> change = risk.linear_predictor(d, false);
        S length(0);
        for (Index j = 0; j < m; ++j) length += abs(d[j]);
        const S zero = S(64) * epsilon<S> * length;
        S largest(0);
        complete = true;
        for (Index i = 0; i < n; ++i) {
            if (!(s[i] > S(0))) continue;
            bool holds = true;
            detail::for_each_margin(y[i], k, [&](const auto& margin) {
                const S gain = detail::margin_of(change, i, margin);
                if (gain < -zero) holds = false;
                if (!(gain > zero)) complete = false;
                largest = std::max(largest, gain);
            });
            if (!holds) return false;
        }
        return largest > S(1000) * zero;
    };

    // a point that classifies every row rightly is itself such a direction, however few steps led to it
    if (Separation<S> out; all_finite(theta) && max_norm(theta) > S(0) && verify(theta, out.is_complete)) {
        out.direction = theta;
        for (Index j = 0; j < m; ++j) out.direction[j] /= max_norm(theta);
        return out;
    }

    for (const double level : {1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10, 1e-12}) {
        TriangularFactor<S> undecided(n * std::max<Index>(k - 1, 1), m);
        Matrix<S> rows(std::max<Index>(2 * m, 64), m);
        Index filled = 0, total = 0;
        Vector<S> gradient(m);
        risk.visit_rows([&](Index i, const auto& add_gradient) {
            if (!(s[i] > S(0))) return;
            detail::for_each_margin(y[i], k, [&](const auto& margin) {
                if (exp(S(-detail::margin_of(eta, i, margin))) < S(level)) return;  // the odds of the other class
                gradient.setZero();
                if (margin.plus >= 0) add_gradient(margin.plus, S(1), gradient);
                if (margin.minus >= 0) add_gradient(margin.minus, S(-1), gradient);
                for (Index j = 0; j < m; ++j) rows(filled, j) = gradient[j];
                ++total;
                if (++filled == rows.rows()) {
                    undecided.fold(rows);
                    filled = 0;
                }
            });
        });
        Vector<S> d = theta;
        if (total > 0) {
            for (Index j = 0; j < m; ++j)
                for (Index i = filled; i < rows.rows(); ++i) rows(i, j) = S(0);
            undecided.fold(rows);
            const Matrix<S>& R = undecided.R();
            Vector<S> norms(m);
            for (Index j = 0; j < m; ++j) norms[j] = norm<S>(R.col(j));
            const Echelon<S> form = echelon_form<S>(R, m, norms, S(1e4) * epsilon<S>);
            if (form.rank() == m) continue;  // the undecided rows leave no direction free
            const Matrix<S> M = form.A.topRows(form.rank());
            for (int round = 0; round < 2; ++round) {
                const Matrix<S> seen = least_norm<S>(M, product<S>(M, d));
                for (Index j = 0; j < m; ++j) d[j] -= seen(j, 0);
            }
        }
        const S size = max_norm(d);
        if (!(size > S(0))) continue;
        for (Index j = 0; j < m; ++j) d[j] /= size;
        Separation<S> out;
        // a direction without rounding dust is easier to read and to check
        Vector<S> clean = d;
        for (Index j = 0; j < m; ++j)
            if (abs(clean[j]) < S(1e-7)) clean[j] = S(0);
        if (verify(clean, out.is_complete)) out.direction = clean;
        else if (verify(d, out.is_complete)) out.direction = d;
        if (out.found()) return out;
    }
    return {};
}

}  // namespace gradus
