#pragma once
// How many columns are independent, and the fit of least norm among those that are equally good.

#include <gradus/core/random.hpp>
#include <gradus/data/targets.hpp>
#include <gradus/solvers/direct/qr.hpp>

#include <utility>

namespace gradus {

/// The design (1 | X) without targets, its columns equilibrated.
template <Scalar S>
GRADUS_ONCE LeastSquares<S> design_problem(const Prepared<S>& prepared, bool has_intercept) {
    LeastSquares<S> out{prepared.sample, column_norms(prepared), has_intercept};
    out.sample.X = prepared.sample.X.seen_in(equilibrate(prepared.columns, has_intercept));
    out.sample.Y = Values<S>(DenseView<S>(prepared.sample.rows(), 0));
    out.sample.offset.reset();
    out.sample.target_coordinates = {};
    return out;
}

/// The triangular factor of the design, brought to echelon form: which columns are combinations of those before them,
/// by what rounding entries of X could hide. `is_known` is false where the factor would take more than `megabytes`.
template <Scalar S>
struct DesignRank {
    LeastSquares<S> problem;
    Echelon<S> form;
    bool is_known = true;

    Index rank() const { return form.rank() - problem.has_intercept; }  ///< of the features beside the intercept
    std::vector<Index> dependent_columns() const { return features_among(form.dependent); }
    std::vector<Index> independent_columns() const { return features_among(form.kept); }
    double condition() const { return static_cast<double>(triangular_condition<S>(form.triangle())); }

private:
    std::vector<Index> features_among(const std::vector<Index>& columns) const {
        std::vector<Index> out;
        for (const Index j : columns)
            if (j >= problem.has_intercept) out.push_back(j - problem.has_intercept);
        return out;
    }
};

/// O(n p^2), one walk over the rows.
template <Scalar S>
GRADUS_ONCE DesignRank<S> design_rank(const Prepared<S>& prepared, bool has_intercept, double megabytes = 2048) {
    DesignRank<S> out{design_problem(prepared, has_intercept), {}};
    out.is_known = detail::factor_megabytes(out.problem) <= megabytes;
    if (out.is_known)
        out.form = echelon_form<S>(detail::triangular_factor(out.problem), out.problem.unknowns(),
                                   detail::augmented_norms(out.problem), S(16) * epsilon<S>);
    return out;
}

/// W, b of the user's columns as one matrix T, (intercept, slopes) x k, of the columns of the design: what changes the
/// coefficients and keeps (1 | X) T.
template <Scalar S>
class SameFit {
public:
    SameFit(const DesignRank<S>& design, const Matrix<S>& A, Matrix<S>& W, Vector<S>& b)
        : design_(&design), A_(&A), W_(&W), b_(&b), at_(design.problem.has_intercept) {
        design.problem.columns().enter(W, b, A);
        T_ = Matrix<S>::Zero(at_ + W.rows(), W.cols());
        T_.bottomRows(W.rows()) = W;
        R_ = design.form.A.topLeftCorner(design.form.rank(), T_.rows());
    }
    const Matrix<S>& before() const { return T_; }
    const Matrix<S>& factor() const { return R_; }  ///< of (1 | X)
    Matrix<S> seen() const { return product<S>(R_, T_); }
    /// T becomes the new one, and W, b those that belong to it.
    void take(const Matrix<S>& T) {
        *W_ = T.bottomRows(W_->rows());
        for (Index c = 0; at_ && c < b_->size(); ++c)
            for (Index m = 0; m < A_->rows(); ++m) (*b_)[c] += (*A_)(m, c) * T(0, m);
        design_->problem.columns().leave(*W_, *b_, *A_);
    }

private:
    const DesignRank<S>* design_;
    const Matrix<S>* A_;
    Matrix<S>* W_;
    Vector<S>* b_;
    Index at_;
    Matrix<S> T_, R_;
};

/// W, b of the user's columns become those that leave dependent columns out, with the same X W A + 1 b'.
template <Scalar S>
GRADUS_ONCE void leave_dependent_out(const DesignRank<S>& design, const Matrix<S>& A, Matrix<S>& W, Vector<S>& b) {
    SameFit<S> fit(design, A, W, b);
    const Matrix<S> triangle = design.form.triangle(), seen = fit.seen();
    Matrix<S> T = Matrix<S>::Zero(fit.before().rows(), W.cols());
    for (Index c = 0; c < T.cols(); ++c) {
        Vector<S> kept = seen.col(c);
        solve_upper<S>(triangle, kept);
        for (Index r = 0; r < kept.size(); ++r) T(design.form.kept[static_cast<std::size_t>(r)], c) = kept[r];
    }
    fit.take(T);
}

/// Directions along which (1 | X) does not change but for rounding, one for each dependent column, in the user's units:
/// slopes p x q and intercepts.
template <Scalar S>
GRADUS_ONCE std::pair<Matrix<S>, Vector<S>> null_directions(const DesignRank<S>& design) {
    const Index at = design.problem.has_intercept;
    const Matrix<S> unseen = design.form.unseen();
    const Index q = unseen.cols();
    Matrix<S> W = unseen.bottomRows(unseen.rows() - at);
    Vector<S> b = at ? Vector<S>(unseen.row(0).transpose()) : Vector<S>(Vector<S>::Zero(q));
    design.problem.columns().leave(W, b, Matrix<S>::Identity(q, q));
    return {std::move(W), std::move(b)};
}

/// How far the slopes of least norm may be wrong because the factor R is, by some units in the last digit of each of
/// its columns, and dependent columns are not quite: the largest change in three draws of such errors, doubled. A bound
/// by norms was found too high by 13 digits where columns have unlike units.
template <Scalar S>
GRADUS_ONCE Matrix<S> error_of_least_norm(const DesignRank<S>& design, const detail::FactoredSystem<S>& system,
                                          const Matrix<S>& R, const Matrix<S>& t, const Matrix<S>& slopes) {
    const Index at = design.problem.has_intercept, p = slopes.rows();
    const Vector<S>& scale = design.problem.columns().scale;
    Random random(1);
    Matrix<S> error = Matrix<S>::Zero(p, slopes.cols());
    for (int draw = 0; draw < 3; ++draw) {
        Matrix<S> wrong = R;
        for (Index j = 0; j < wrong.cols(); ++j) {
            const S size = S(4) * epsilon<S> * system.lengths()[j] + system.left()[j];
            for (Index i = 0; i < wrong.rows(); ++i)
                if (wrong(i, j) != S(0)) wrong(i, j) += random.bits() & 1 ? size : -size;
        }
        const Matrix<S> seen = product<S>(wrong, t);
        Matrix<S> M = wrong.bottomRightCorner(wrong.rows() - at, p);
        for (Index j = 0; j < p; ++j) M.col(j) /= scale[j];
        Matrix<S> w = LeastNorm<S>(M).solve(seen.bottomRows(M.rows()));
        unscale_rows(w, scale);
        error = error.cwiseMax(S(2) * (w - slopes).cwiseAbs());
    }
    return error;
}

/// W, b of the user's columns become those of least norm in W, with the same X W A + 1 b'. `digits`, those of W before
/// or -1, become those of the choice: what is left of W may be much smaller, and the span of the rows is known up to
/// rounding alone. Returns how many digits that rounding leaves to the choice, whatever W has.
template <Scalar S>
GRADUS_ONCE double move_to_least_norm(const DesignRank<S>& design, const Matrix<S>& A, Matrix<S>& W, Vector<S>& b,
                                      double& digits) {
    using std::abs, std::log10;
    SameFit<S> fit(design, A, W, b);
    const Matrix<S>& t = fit.before();
    const detail::FactoredSystem<S> system(design.problem, design.form);
    const Matrix<S> least = system.lift(fit.seen()), slopes = least.bottomRows(W.rows()),
                    slopes_error = error_of_least_norm(design, system, fit.factor(), t, slopes);
    const S before = t.bottomRows(W.rows()).cwiseAbs().maxCoeff(), after = slopes.cwiseAbs().maxCoeff();
    const double loss = before > after && after > S(0) ? static_cast<double>(log10(S(before / after))) : 0;
    const double chosen = correct_digits<S>(slopes, slopes_error, design.problem.columns().scale, false, S(0));
    // a column that depends on others only up to the rounding of its entries leaves open which problem is solved
    for (Index j = 0; j < t.rows(); ++j)
        if (system.left()[j] > S(100) * epsilon<S> * system.lengths()[j]) digits = -1;
    if (digits >= 0) digits = std::max(0.0, std::min(digits - loss, chosen));
    fit.take(least);
    return chosen;
}

}  // namespace gradus
