#pragma once
// How many columns are independent, and the fit of least norm among those that are equally good.

#include <gradus/core/random.hpp>
#include <gradus/data/targets.hpp>
#include <gradus/solvers/direct/qr.hpp>

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
    std::vector<Index> dependent_columns() const {
        std::vector<Index> out;
        for (const Index j : form.dependent) out.push_back(j - problem.has_intercept);
        return out;
    }
    double condition() const { return static_cast<double>(triangular_condition<S>(form.triangle())); }
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

/// W, b of the user's columns become those of least norm in W, with the same X W A + 1 b'. `digits`, those of W before
/// or -1, become those of the choice: what is left of W may be much smaller, and the span of the rows is known up to
/// rounding alone.
template <Scalar S>
GRADUS_ONCE void move_to_least_norm(const DesignRank<S>& design, const Matrix<S>& A, Matrix<S>& W, Vector<S>& b,
                                    double& digits) {
    using std::abs, std::log10;
    const Coordinates<S>& z = design.problem.columns();
    const Index p = W.rows(), at = design.problem.has_intercept, rank = design.form.rank();
    const S noise = S(4) * epsilon<S>;
    z.enter(W, b, A);
    Matrix<S> t = Matrix<S>::Zero(at + p, W.cols());
    t.bottomRows(p) = W;
    const Matrix<S> R = design.form.A.topLeftCorner(rank, at + p), u = product<S>(R, t);
    const detail::FactoredSystem<S> system(design.problem, design.form);
    const Matrix<S> least = system.lift(u);
    Matrix<S> error = system.error_of_choice(least, noise);
    Random random(1);
    Matrix<S> wrong_u = noise * product<S>(R.cwiseAbs(), t.cwiseAbs());
    for (Index c = 0; c < t.cols(); ++c)  // what dependent columns add that the others do not have
        for (Index j = 0; j < t.rows(); ++j) wrong_u.col(c).array() += system.left()[j] * abs(t(j, c));
    for (int draw = 0; draw < 4; ++draw) {  // of what that makes
        Matrix<S> wrong = wrong_u;
        for (Index j = 0; j < wrong.size(); ++j) wrong.data()[j] *= random.bits() & 1 ? S(1) : S(-1);
        error = error.cwiseMax(S(2) * system.lift(std::move(wrong)).cwiseAbs());
    }
    const double loss = std::max(
        0.0, static_cast<double>(log10(S(W.cwiseAbs().maxCoeff() / least.bottomRows(p).cwiseAbs().maxCoeff()))));
    W = least.bottomRows(p);
    const Matrix<S> slopes_error = error.bottomRows(p);
    const double chosen = correct_digits<S>(W, slopes_error, z.scale, false, S(0));
    // a column that depends on others only up to the rounding of its entries leaves open which problem is solved
    for (Index j = 0; j < t.rows(); ++j)
        if (system.left()[j] > S(100) * epsilon<S> * system.lengths()[j]) digits = -1;
    if (digits >= 0) digits = std::max(0.0, std::min(digits - loss, chosen));
    for (Index c = 0; at && c < b.size(); ++c)
        for (Index m = 0; m < A.rows(); ++m) b[c] += A(m, c) * least(0, m);
    z.leave(W, b, A);
}

}  // namespace gradus
