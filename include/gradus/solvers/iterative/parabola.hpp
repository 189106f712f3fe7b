#pragma once
// What those who minimise a parabola plus corners have in common.

#include <gradus/numeric/cholesky.hpp>
#include <gradus/numeric/products.hpp>

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

namespace gradus::detail {

/// The slopes of a parabola while coordinates move one after another. Moves wait until there are four, so that one pass
/// over the slopes takes up four columns of H, which come from beyond the processor's own cache (2000 x 10000, a path
/// of 100 to a gap of 1e-4 in 1.07 s; with each move taken up by itself in 1.29).
template <Scalar S>
class MovingSlopes {
public:
    MovingSlopes(const ConstMatrixView<S>& H, Vector<S> slopes) : H_(H), slopes_(std::move(slopes)) {}

    /// From here on moves take their columns from H in single precision, of which a cache holds twice as many. Slopes
    /// are wrong by 1e-7 of what the moves change them by; who wants them better takes them anew where they end.
    void round_to(const Matrix<float>& H) requires(std::is_same_v<S, double>) {
        all();
        rounded_ = &H;
    }

    S operator[](Index j) const {
        S out = slopes_[j];
        for (int k = 0; k < waiting_; ++k) out += change_[k] * (rounded_ ? S(rounded_column_[k][j]) : column_[k][j]);
        return out;
    }
    /// By column j of H times `change`; and that of coordinate j alone by `own` more.
    void move(Index j, const S& change, const S& own) {
        slopes_[j] += own;
        change_[waiting_] = change;
        if (rounded_) rounded_column_[waiting_] = rounded_->data() + j * rounded_->outerStride();
        else column_[waiting_] = H_.data() + j * H_.outerStride();
        if (++waiting_ == most) take_up();
    }
    /// All of them, with no move left waiting.
    const Vector<S>& all() {
        // what moves by nothing does no harm
        for (int k = waiting_; k > 0 && k < most; ++k) {
            change_[k] = S(0);
            column_[k] = column_[0];
            rounded_column_[k] = rounded_column_[0];
        }
        if (waiting_ > 0) take_up();
        return slopes_;
    }
    void reset(Vector<S> slopes) {
        slopes_ = std::move(slopes);
        waiting_ = 0;
    }

private:
    static constexpr int most = 4;

    void take_up() {
        waiting_ = 0;
        if (rounded_) add_four_multiples(change_, rounded_column_, slopes_.data(), slopes_.size());
        else add_four_multiples(change_, column_, slopes_.data(), slopes_.size());
    }

    ConstMatrixView<S> H_;
    Vector<S> slopes_;
    S change_[most];
    const S* column_[most] = {};
    const Matrix<float>* rounded_ = nullptr;
    const float* rounded_column_[most] = {};
    int waiting_ = 0;
};

/// g'(z - x) + (z - x)'H(z - x) / 2, slope(j) = g_j + (H (z - x))_j.
template <Scalar S, class Slope>
S parabola_change(const Vector<S>& x, const Vector<S>& g, const Vector<S>& z, Slope&& slope) {
    S linear(0), square(0);
    for (Index j = 0; j < z.size(); ++j) {
        const S d = z[j] - x[j];
        linear += g[j] * d;
        square += d * (slope(j) - g[j]);
    }
    return linear + square / 2;
}

/// z with A z = b, of symmetric positive semidefinite A the lower triangle. The system is scaled to a unit diagonal;
/// where it is singular in this arithmetic a little is added to that. O(s^3 / 3).
template <Scalar S>
Vector<S> solve_semidefinite(const Matrix<S>& A, Vector<S> b) {
    using std::pow, std::sqrt;
    const Index s = b.size();
    Vector<S> scale(s);
    for (Index m = 0; m < s; ++m) scale[m] = A(m, m) > S(0) ? S(S(1) / sqrt(A(m, m))) : S(1);
    for (Index m = 0; m < s; ++m) b[m] *= scale[m];
    Matrix<S> scaled(s, s), U;
    const auto is_regular = [&] {
        S least(1);
        for (Index l = 0; l < s; ++l) least = std::min(least, S(U(l, l) * U(l, l)));
        return least > S(64) * epsilon<S>;
    };
    for (const S& more : {S(0), S(pow(epsilon<S>, S(0.6)))}) {
        for (Index m = 0; m < s; ++m) {
            for (Index l = m + 1; l < s; ++l) scaled(l, m) = scale[l] * scale[m] * A(l, m);
            scaled(m, m) = (A(m, m) > S(0) ? S(1) : A(m, m)) + more;
        }
        if (cholesky(scaled, U) && (more > S(0) || is_regular())) break;
    }
    solve_upper_transposed<S>(U, b);
    solve_upper<S>(U, b);
    for (Index m = 0; m < s; ++m) b[m] *= scale[m];
    return b;
}

}  // namespace gradus::detail
