#pragma once
// Solving with the small factor: the unknowns of a least-squares problem from its normal equations.

#include <gradus/objectives/least_squares.hpp>
#include <gradus/solvers/direct/rank.hpp>

namespace gradus::detail {

/// Norms of the raw columns (1 | X), in the units of the factor.
template <Scalar S>
GRADUS_ONCE Vector<S> augmented_norms(const LeastSquares<S>& problem) {
    using std::sqrt;
    Vector<S> norms(problem.unknowns());
    if (problem.has_intercept) norms[0] = sqrt(problem.sample.total_weight);
    for (Index j = 0; j < problem.features(); ++j)
        norms[problem.has_intercept + j] = problem.norms[j] * problem.columns().scale[j];
    return norms;
}

/// The normal equations R'R t = g of a least-squares problem, R'R = (1 | X)'(1 | X) + ridge. Unknowns t and gradients g
/// are matrices of a row for each column of (1 | X) and a column for each target.
template <Scalar S>
class NormalEquations {
public:
    virtual ~NormalEquations() = default;
    /// u with R'u = g.
    virtual Matrix<S> reduce(const Matrix<S>& g) const = 0;
    /// t with R t = u.
    virtual Matrix<S> lift(Matrix<S> u) const = 0;
    /// Lengths of the columns of R: what its rounding is relative to.
    virtual const Vector<S>& lengths() const = 0;
    /// How far the slopes of t may be from least norm when the factor is wrong by `noise` of each of its columns, and
    /// dependent ones are not quite; zero where every column is independent.
    virtual Matrix<S> error_of_choice(const Matrix<S>& t, const S& noise) const = 0;
    /// Directions that R does not see but for rounding, one in each column; none where every column is independent.
    virtual Matrix<S> unseen() const = 0;
};

/// By a factor in echelon form. Where columns are dependent, t is the solution whose slopes are of least norm in the
/// user's units; the intercept is free.
template <Scalar S>
class FactoredSystem : public NormalEquations<S> {
public:
    FactoredSystem(const LeastSquares<S>& problem, const Echelon<S>& form)
        : problem_(&problem),
          form_(&form),
          T_(form.triangle()),
          lengths_(problem.unknowns()),
          left_(Vector<S>::Zero(problem.unknowns())) {
        using std::sqrt;
        for (Index j = 0; j < lengths_.size(); ++j) {
            S square(0);
            for (Index i = 0; i < form.A.rows(); ++i) square += form.A(i, j) * form.A(i, j);
            lengths_[j] = sqrt(square);
        }
        if (form.dependent.empty()) return;
        for (const Index j : form.dependent) left_[j] = norm<S>(form.A.col(j).tail(form.A.rows() - form.rank()));
        const Index at = problem.has_intercept;
        Matrix<S> M = form.A.block(at, at, form.rank() - at, problem.features());
        for (Index j = 0; j < M.cols(); ++j)  // w = scale z
            for (Index i = 0; i < M.rows(); ++i) M(i, j) /= problem.columns().scale[j];
        least_norm_ = LeastNorm<S>(M);
    }

    Index rank() const { return T_.rows(); }
    const Matrix<S>& triangle() const { return T_; }
    const Vector<S>& lengths() const override { return lengths_; }

    /// Of the independent columns: r x k.
    Matrix<S> reduce(const Matrix<S>& g) const override {
        Matrix<S> u(rank(), g.cols());
        for (Index c = 0; c < g.cols(); ++c)
            for (Index j = 0; j < rank(); ++j) u(j, c) = g(form_->kept[static_cast<std::size_t>(j)], c);
        solve_upper_transposed<S>(T_, u);
        return u;
    }

    Matrix<S> lift(Matrix<S> u) const override {
        Matrix<S> t = Matrix<S>::Zero(problem_->unknowns(), u.cols());
        if (form_->dependent.empty()) {
            solve_upper<S>(T_, u);
            for (Index c = 0; c < u.cols(); ++c)
                for (Index j = 0; j < rank(); ++j) t(form_->kept[static_cast<std::size_t>(j)], c) = u(j, c);
            return t;
        }
        const Index at = problem_->has_intercept, p = problem_->features();
        Matrix<S> w = least_norm_.solve(u.bottomRows(rank() - at));
        unscale_rows(w, problem_->columns().scale);
        t.bottomRows(p) = w;
        for (Index c = 0; at && c < u.cols(); ++c) {
            S sum = u(0, c);
            for (Index j = 0; j < p; ++j) sum -= form_->A(0, 1 + j) * w(j, c);
            t(0, c) = sum / form_->A(0, 0);
        }
        return t;
    }

    /// What is left of each dependent column beside the others, zero of an independent one.
    const Vector<S>& left() const { return left_; }

    Matrix<S> error_of_choice(const Matrix<S>& t, const S& noise) const override {
        const Index p = problem_->features(), at = problem_->has_intercept;
        Matrix<S> out = Matrix<S>::Zero(t.rows(), t.cols());
        if (form_->dependent.empty()) return out;
        Matrix<S> w = t.bottomRows(p);
        scale_rows(w, problem_->columns().scale);
        Vector<S> wrong(p);
        for (Index j = 0; j < p; ++j)
            wrong[j] = std::max(S(noise * lengths_[at + j]), left_[at + j]) / problem_->columns().scale[j];
        Matrix<S> error = least_norm_.error_of_choice(w, wrong);
        unscale_rows(error, problem_->columns().scale);
        out.bottomRows(p) = error;
        return out;
    }

    Matrix<S> unseen() const override { return form_->unseen(); }

private:
    const LeastSquares<S>* problem_;
    const Echelon<S>* form_;
    Matrix<S> T_;
    Vector<S> lengths_, left_;
    LeastNorm<S> least_norm_;
};

}  // namespace gradus::detail
