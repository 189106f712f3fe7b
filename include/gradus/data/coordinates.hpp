#pragma once
// Coordinates in which columns are centred and of like size, and the way between them and the user's.

#include <gradus/numeric/products.hpp>
#include <gradus/numeric/sums.hpp>

#include <cmath>

namespace gradus {

/// Column j is seen as z_j = (x_j - shift_j) scale_j, scale_j a power of two. Empty vectors: the user's own columns.
///
/// A linear predictor eta = X W A + 1 b' (W: p x m, b: k, A: m x k) keeps its values when W and b move along:
///
///     W_z = W / scale (row by row),     b_z = b + (W A)' shift
///
/// All that belongs to this change of coordinates stands here: parameters both ways, gradients, and what the user's
/// parameters are made of. Without an intercept nothing may be shifted: shift is zero then, and b stays what it is.
template <Scalar S>
struct Coordinates {
    Vector<S> shift, scale;

    bool is_identity() const { return scale.size() == 0; }

    /// W, b of the user's columns become those of these.
    void enter(Matrix<S>& W, Vector<S>& b, const Matrix<S>& A) const {
        if (is_identity()) return;
        const Matrix<S> slopes = product<S>(W, A);
        for (Index c = 0; c < b.size(); ++c) b[c] = moved(b[c], slopes.col(c), S(1));
        unscale_rows(W, scale);
    }

    /// And back. b has one rounding: where a shift is large, an ordinary sum would lose its digits.
    void leave(Matrix<S>& W, Vector<S>& b, const Matrix<S>& A) const {
        if (is_identity()) return;
        scale_rows(W, scale);
        const Matrix<S> slopes = product<S>(W, A);
        for (Index c = 0; c < b.size(); ++c) b[c] = moved(b[c], slopes.col(c), S(-1));
    }

    /// The gradient with respect to the user's W and b from that with respect to W_z and b_z: G_W = G_z / scale + shift
    /// (A g)', g_b = g.
    void gradient_leaves(Matrix<S>& G, const Vector<S>& g, const Matrix<S>& A) const {
        if (is_identity()) return;
        for (Index m = 0; m < G.cols(); ++m) {
            S through_b(0);
            for (Index c = 0; c < g.size(); ++c) through_b += A(m, c) * g[c];
            for (Index j = 0; j < G.rows(); ++j) G(j, m) = G(j, m) / scale[j] + shift[j] * through_b;
        }
    }

    /// The factor on x_j: 1 in the user's own columns.
    S scale_of(Index j) const { return is_identity() ? S(1) : scale[j]; }
    S shift_of(Index j) const { return is_identity() ? S(0) : shift[j]; }

private:
    // b + sign w'shift
    S moved(const S& b, const ConstVectorView<S>& w, const S& sign) const {
        using std::fma;
        Sum<S> sum;
        sum.add(b);
        for (Index j = 0; j < shift.size(); ++j) {
            if (shift[j] == S(0)) continue;
            const S factor = sign * w[j], high = factor * shift[j];
            sum.add(high);
            sum.add(fma(factor, shift[j], S(-high)));
        }
        return sum.value();
    }
};

}  // namespace gradus
