#pragma once
// A likelihood with Jeffreys' prior: what Firth's bias reduction maximises.

#include <gradus/numeric/cholesky.hpp>
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
        Matrix<S> H, U;
        Vector<S> unit;
        const S loss = gradus::value_gradient_hessian<S>(*f_, theta, gradient, H);
        return loss - log_determinant(H, U, unit) / (S(2) * user_total());
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
        Matrix<S> U;
        Vector<S> unit;
        const S log_det = log_determinant(H, U, unit);
        const bool has_trend = !kept_.empty() && log_det > -std::numeric_limits<S>::infinity();
        rest = Vector<S>::Zero(theta.size());
        if (has_trend) find_trend(theta, U, unit, rest);
        for (Index j = 0; j < rest.size(); ++j) rest[j] /= S(-2) * user_total();
        return loss - log_det / (S(2) * user_total());
    }

private:
    const S& total() const { return f_->sample().total_weight; }
    // how much the likelihood counts beside the prior
    S user_total() const { return total() / f_->sample().weight_scale; }

    // of I over the kept parameters; U'U = their part of H with rows and columns times unit = 1 / sqrt(H_jj). -infinity
    // when it is singular.
    S log_determinant(const Matrix<S>& H, Matrix<S>& U, Vector<S>& unit) const {
        using std::log, std::sqrt;
        const Index r = static_cast<Index>(kept_.size());
        const auto at = [&](Index j) { return kept_[static_cast<std::size_t>(j)]; };
        unit.resize(r);
        S sum = log_unit_ + S(static_cast<double>(r)) * log(user_total());
        for (Index j = 0; j < r; ++j) {
            const S diagonal = H(at(j), at(j));
            if (!(diagonal > S(0))) return -std::numeric_limits<S>::infinity();
            unit[j] = S(1) / sqrt(diagonal);
            sum += log(diagonal);
        }
        Matrix<S> A(r, r);
        for (Index j = 0; j < r; ++j)
            for (Index i = 0; i < r; ++i) A(i, j) = H(at(i), at(j)) * unit[i] * unit[j];
        if (!cholesky(A, U)) return -std::numeric_limits<S>::infinity();
        for (Index j = 0; j < r; ++j) sum += S(2) * log(U(j, j));
        return sum;
    }

    // out = sum_i J_i't_i; I^-1 = unit U^-1 U'^-1 unit / N
    GRADUS_ONCE void find_trend(const Vector<S>& theta, const Matrix<S>& U, const Vector<S>& unit,
                                Vector<S>& out) const {
        const Index d = dimension(), k = f_->loss().outputs(), r = unit.size();
        const auto sum =
            f_->walk().reduce(theta, VectorSum<S>(d), [&](const EvaluatedRows<S>& rows, VectorSum<S>& part) {
                Matrix<S> Z(r, rows.count() * k), M(rows.count(), pair_count(k));
                Vector<S> direction(d);
                f_->walk().for_each_row(rows, [&](Index i, const auto& add) {
                    for (Index c = 0; c < k; ++c) {
                        direction.setZero();
                        add(c, S(1), direction);
                        for (Index j = 0; j < r; ++j)
                            Z(j, i * k + c) = direction[kept_[static_cast<std::size_t>(j)]] * unit[j];
                    }
                });
                solve_upper_transposed<S>(U, Z);
                for (Index i = 0; i < rows.count(); ++i)
                    for (Index b = 0; b < k; ++b)
                        for (Index c = b; c < k; ++c)
                            M(i, pair_index(c, b, k)) = dot(&Z(0, i * k + c), &Z(0, i * k + b), r) / total();
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
