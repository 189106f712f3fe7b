#pragma once
// A likelihood with Jeffreys' prior: what Firth's bias reduction maximises.

#include <gradus/numeric/cholesky.hpp>
#include <gradus/objectives/curvature_factor.hpp>
#include <gradus/objectives/empirical_risk.hpp>

#include <vector>

namespace gradus {

/// f(theta) - log det I(theta) / (2 N), f the mean negative log-likelihood of N = sum s observations, I = N times its
/// Hessian, which for canonical links is the Fisher information (Firth, Biometrika 80 (1993), 27; multinomial: Kosmidis
/// and Firth, Biometrika 98 (2011), 755). The log-likelihood plus log det I / 2 is -N times this. It has a finite
/// maximum on separated classes too.
///
/// With C_i the curvature of row i, J_i the map from theta to eta_i and M_i = J_i I^-1 J_i' (k x k), the gradient of
/// log det I is sum_i J_i' t_i, t_ic = s_i sum_ab (M_i)_ab dC_ab / deta_c: the loss has curvature_slope() for it. O(n k
/// d^2), as for a Hessian.
///
/// The determinant is taken over the parameters `kept`, of which none depends on the others, in the user's units:
/// log_unit is what log det I there is above that in theta. f is looked at, not copied.
template <class F>
class Jeffreys {
public:
    using S = typename F::Scalar;
    using Scalar = S;

    Jeffreys(const F& f, std::vector<Index> kept, const S& log_unit)
        : f_(&f), kept_(std::move(kept)), log_unit_(log_unit) {}

    Index dimension() const { return f_->dimension(); }
    const std::vector<Index>& kept() const { return kept_; }
    const Vector<S>& gradient_scale() const { return f_->gradient_scale(); }

    S value(const Vector<S>& theta) const {
        Vector<S> gradient(theta.size());
        Matrix<S> H;
        const S loss = gradus::value_gradient_hessian<S>(*f_, theta, gradient, H);
        return loss - log_determinant(root_at(theta, H)) / (S(2) * user_total());
    }

    S value_and_gradient(const Vector<S>& theta, Vector<S>& gradient) const {
        Vector<S> rest;
        Matrix<S> H;
        const S value = value_parts_hessian(theta, gradient, rest, H);
        add_multiple(S(1), rest, gradient);
        return value;
    }

    /// The gradient in two parts, that of f, whose Hessian is H, and that of the prior, whose Hessian is not computed.
    S value_parts_hessian(const Vector<S>& theta, Vector<S>& gradient, Vector<S>& rest, Matrix<S>& H) const {
        const S loss = gradus::value_gradient_hessian<S>(*f_, theta, gradient, H);
        const Matrix<S> R = root_at(theta, H);
        const S log_det = log_determinant(R);
        const bool has_trend = !kept_.empty() && log_det > -std::numeric_limits<S>::infinity();
        rest = Vector<S>::Zero(theta.size());
        if (has_trend) find_trend(theta, R, rest);
        for (Index j = 0; j < rest.size(); ++j) rest[j] /= S(-2) * user_total();
        return loss - log_det / (S(2) * user_total());
    }

private:
    const S& total() const { return f_->sample().total_weight; }
    // how much the likelihood counts beside the prior
    S user_total() const { return total() / f_->sample().weight_scale; }

    // R'R = I over the kept parameters. Of H alone log det I is wrong by its condition number, the square of that of R:
    // of columns that differ by 1e-3 of themselves four digits of eleven claimed were not there. So R comes from the
    // rows, but where H costs no more than four digits of the log: that saves a third of the time (20000 x 20).
    Matrix<S> root_at(const Vector<S>& theta, const Matrix<S>& H) const {
        using std::sqrt;
        const Index r = static_cast<Index>(kept_.size());
        const auto at = [&](Index j) { return kept_[static_cast<std::size_t>(j)]; };
        Matrix<S> A(r, r), R;
        Vector<S> unit(r);
        for (Index j = 0; j < r; ++j) unit[j] = sqrt(H(at(j), at(j)));
        for (Index j = 0; j < r; ++j)
            for (Index i = 0; i < r; ++i) A(i, j) = H(at(i), at(j)) / unit[i] / unit[j];
        if (!cholesky(A, R) || !(triangular_condition<S>(R) < S(100)))
            return curvature_factor<S>(f_->walk(), f_->loss(), theta, kept_);
        for (Index j = 0; j < r; ++j) R.col(j) *= unit[j] * sqrt(total());
        return R;
    }

    // -infinity when I is singular
    S log_determinant(const Matrix<S>& R) const {
        using std::abs, std::log;
        S sum = log_unit_ + S(static_cast<double>(kept_.size())) * log(S(user_total() / total()));
        for (Index j = 0; j < R.cols(); ++j) {
            const S pivot = abs(R(j, j));
            if (!(pivot > S(0))) return -std::numeric_limits<S>::infinity();
            sum += S(2) * log(pivot);
        }
        return sum;
    }

    // out = sum_i J_i't_i; I^-1 = R^-1 R'^-1
    GRADUS_ONCE void find_trend(const Vector<S>& theta, const Matrix<S>& R, Vector<S>& out) const {
        const Index d = dimension(), k = f_->loss().outputs(), r = R.cols();
        const auto sum =
            f_->walk().reduce(theta, VectorSum<S>(d), [&](const EvaluatedRows<S>& rows, VectorSum<S>& part) {
                Matrix<S> Z(r, rows.count() * k), M(rows.count(), pair_count(k));
                Vector<S> direction(d);
                f_->walk().for_each_row(rows, [&](Index i, const auto& add) {
                    for (Index c = 0; c < k; ++c) {
                        direction.setZero();
                        add(c, S(1), direction);
                        for (Index j = 0; j < r; ++j) Z(j, i * k + c) = direction[kept_[static_cast<std::size_t>(j)]];
                    }
                });
                solve_upper_transposed<S>(R, Z);
                for (Index i = 0; i < rows.count(); ++i)
                    for (Index b = 0; b < k; ++b)
                        for (Index c = b; c < k; ++c)
                            M(i, pair_index(c, b, k)) = dot(&Z(0, i * k + c), &Z(0, i * k + b), r);
                f_->sample().silence(rows.s, MatrixView<S>(M));
                f_->loss().curvature_slope(rows.eta, rows.s, M, rows.slope());
                f_->walk().add_pullback(rows, rows.slope(), part);
            });
        sum.mean(S(1), out);
    }

    const F* f_;
    std::vector<Index> kept_;
    S log_unit_;
};

}  // namespace gradus
