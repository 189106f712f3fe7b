#pragma once
// How many columns are independent, and the fit of least norm among those that are equally good.

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

/// W, b of the user's columns become those of least norm in W, with the same X W A + 1 b'. `correct_digits` falls to
/// what the choice itself can be trusted.
template <Scalar S>
GRADUS_ONCE void move_to_least_norm(const DesignRank<S>& design, const Matrix<S>& A, Matrix<S>& W, Vector<S>& b,
                                    double& correct_digits) {
    const Coordinates<S>& z = design.problem.columns();
    LeastSquaresSolution<S> solution;
    z.enter(W, b, A);
    solution.Z = W;
    solution.b = Vector<S>::Zero(W.cols());  // what it takes to leave X W as it is
    solution.correct_digits = correct_digits;
    detail::take_least_norm(design.problem, design.form.A, design.form.rank(), solution);
    correct_digits = solution.correct_digits;
    W = solution.Z;
    for (Index c = 0; design.problem.has_intercept && c < b.size(); ++c)
        for (Index m = 0; m < A.rows(); ++m) b[c] += A(m, c) * solution.b[m];
    z.leave(W, b, A);
}

}  // namespace gradus
