// Which margins can be separated, and what becomes infinite: decided in rational arithmetic.
#pragma once

#include <gradus/families/family.hpp>

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cstddef>
#include <vector>

namespace gradus::test {

using Rational = boost::multiprecision::cpp_rational;
using Rationals = std::vector<Rational>;

inline Rational exact_dot(const Rationals& a, const Rationals& b) {
    Rational sum = 0;
    for (std::size_t j = 0; j < a.size(); ++j) sum += a[j] * b[j];
    return sum;
}

/// A direction v with z'v >= 0 for all rows z and > 0 for some; empty: there is none. Phase 1 of the simplex method on
/// sum (1 + lambda_i) z_i = 0, lambda >= 0, as a full tableau with Bland's rule, which cannot cycle (Math. Oper. Res. 2
/// (1977), 103). Whichever it ends with is a proof, and is checked as one; `proven` becomes false if it should fail.
inline Rationals exact_direction(const std::vector<Rationals>& rows, bool& proven) {
    const std::size_t d = rows[0].size(), n = rows.size();
    // row j of the tableau: sign_j (z_1j ... z_nj | e_j | b_j), artificial variables in the basis; the last row: minus
    // the sum of all others
    std::vector<Rationals> T(d + 1, Rationals(n + d + 1, 0));
    std::vector<int> sign(d, 1);
    std::vector<std::size_t> basis(d);
    for (std::size_t j = 0; j < d; ++j) {
        Rational b = 0;
        for (const Rationals& row : rows) b -= row[j];
        if (b < 0) sign[j] = -1;
        for (std::size_t i = 0; i < n; ++i) T[j][i] = sign[j] * rows[i][j];
        T[j][n + j] = 1;
        T[j][n + d] = sign[j] * b;
        basis[j] = n + j;
        for (std::size_t i = 0; i <= n + d; ++i)
            if (i < n || i == n + d) T[d][i] -= T[j][i];
    }
    for (;;) {
        std::size_t entering = 0;
        while (entering < n && !(T[d][entering] < 0)) ++entering;
        if (entering == n) break;
        std::size_t leaving = d;
        for (std::size_t j = 0; j < d; ++j) {
            if (!(T[j][entering] > 0)) continue;
            if (leaving == d) {
                leaving = j;
                continue;
            }
            const Rational a = T[j][n + d] * T[leaving][entering], b = T[leaving][n + d] * T[j][entering];
            if (a < b || (a == b && basis[j] < basis[leaving])) leaving = j;
        }
        const Rational pivot = T[leaving][entering];
        for (Rational& entry : T[leaving]) entry /= pivot;
        for (std::size_t j = 0; j <= d; ++j) {
            if (j == leaving || T[j][entering] == 0) continue;
            const Rational factor = T[j][entering];
            for (std::size_t i = 0; i <= n + d; ++i)
                if (T[leaving][i] != 0) T[j][i] -= factor * T[leaving][i];
        }
        basis[leaving] = entering;
    }
    // reduced costs of the artificial variables give the multipliers: cost_j = 1 - sign_j pi_j, and v = -pi
    if (T[d][n + d] < 0) {
        Rationals v(d);
        for (std::size_t j = 0; j < d; ++j) v[j] = sign[j] * (T[d][n + j] - 1);
        bool some = false;
        for (const Rationals& row : rows) {
            const Rational margin = exact_dot(row, v);
            proven = proven && margin >= 0;
            some = some || margin > 0;
        }
        proven = proven && some;
        return v;
    }
    Rationals sum(d, 0), factor(n, 1);
    for (std::size_t j = 0; j < d; ++j)
        if (basis[j] < n) factor[basis[j]] += T[j][n + d];
    for (std::size_t i = 0; i < n; ++i) {
        proven = proven && factor[i] > 0;
        for (std::size_t j = 0; j < d; ++j) sum[j] += factor[i] * rows[i][j];
    }
    proven = proven && std::all_of(sum.begin(), sum.end(), [](const Rational& entry) { return entry == 0; });
    return {};
}

inline std::size_t exact_rank(std::vector<Rationals> rows) {
    if (rows.empty()) return 0;
    std::size_t rank = 0;
    for (std::size_t j = 0; j < rows[0].size() && rank < rows.size(); ++j) {
        std::size_t pivot = rank;
        while (pivot < rows.size() && rows[pivot][j] == 0) ++pivot;
        if (pivot == rows.size()) continue;
        std::swap(rows[pivot], rows[rank]);
        for (std::size_t i = rank + 1; i < rows.size(); ++i) {
            if (rows[i][j] == 0) continue;
            const Rational factor = rows[i][j] / rows[rank][j];
            for (std::size_t l = j; l < rows[i].size(); ++l) rows[i][l] -= factor * rows[rank][l];
        }
        ++rank;
    }
    return rank;
}

/// Everything that can be separated, and what is left.
struct ExactSeparation {
    std::vector<Rationals> held;  ///< margins that no direction separates
    bool is_separated = false, is_complete = false, has_full_rank = false, is_proven = true;

    explicit ExactSeparation(const std::vector<Rationals>& margins) : held(margins), dimension_(margins[0].size()) {
        has_full_rank = exact_rank(margins) == margins[0].size();
        while (!held.empty()) {
            const Rationals v = exact_direction(held, is_proven);
            if (v.empty()) break;
            is_separated = true;
            std::erase_if(held, [&](const Rationals& row) { return exact_dot(row, v) > 0; });
        }
        is_complete = is_separated && held.empty();
    }

    std::size_t dimension() const { return dimension_; }

    /// Whether the linear function f of the parameters has no finite limit; only where the margins have full rank.
    bool is_infinite(const Rationals& f) const {
        std::vector<Rationals> more = held;
        more.push_back(f);
        return exact_rank(more) > exact_rank(held);
    }

private:
    std::size_t dimension_;
};

/// The margins of rows X with responses y, in parameters of which each is a coefficient or the difference of two:
/// binary, count: slopes, intercept; softmax: slopes and intercept of class 1, class 2, ..., class 0 being the
/// reference; ordinal: slopes, thresholds. classes: of softmax and ordinal.
inline std::vector<Rationals> exact_margins(MarginKind kind, const Eigen::MatrixXd& X, const Eigen::VectorXd& y,
                                            int classes, bool has_intercept = true) {
    const auto p = static_cast<std::size_t>(X.cols()), k = static_cast<std::size_t>(std::max(classes - 1, 1)),
               width = p + has_intercept;
    std::vector<Rationals> out;
    const auto add_eta = [&](Index i, int c, int sign, Rationals& z) {  // of class c, or threshold c
        const auto at = static_cast<std::size_t>(c);
        const bool is_ordinal = kind == MarginKind::ordinal;
        const std::size_t first = is_ordinal ? 0 : at * width;
        for (std::size_t j = 0; j < p; ++j)
            z[first + j] += (is_ordinal ? -sign : sign) * Rational(X(i, static_cast<Index>(j)));
        if (is_ordinal) z[p + at] += sign;
        else if (has_intercept) z[first + p] += sign;
    };
    const auto add = [&](Index i, int plus, int minus) {
        Rationals z(kind == MarginKind::ordinal ? p + k : k * width, 0);
        if (plus >= 0) add_eta(i, plus, 1, z);
        if (minus >= 0) add_eta(i, minus, -1, z);
        out.push_back(std::move(z));
    };
    for (Index i = 0; i < X.rows(); ++i) {
        const int code = static_cast<int>(y[i]);
        if (kind == MarginKind::softmax) {
            for (int c = 0; c < classes; ++c)
                if (c != code) add(i, code - 1, c - 1);
        } else if (kind == MarginKind::ordinal) {
            if (code + 1 < classes) add(i, code, -1);
            if (code > 0) add(i, -1, code - 1);
        } else {
            if (y[i] > 0) add(i, 0, -1);
            if (kind == MarginKind::binary ? y[i] < 1 : true) add(i, -1, 0);
        }
    }
    return out;
}

}  // namespace gradus::test
