#pragma once
// Least squares by the singular values of the small factor.

#include <gradus/solvers/direct/qr.hpp>

#include <Eigen/SVD>

namespace gradus {

/// TSQR, then a singular value decomposition of the p x p factor: rank by the size of singular values, relative to the
/// largest, in equilibrated columns. The answer among many is again the one of least norm in the user's scale. Costs
/// O(p^3) more than QR and gives the condition number exactly; no single column is called dependent.
struct SVD {
    int refinement_steps = 3;
    double max_megabytes = 2048;    ///< for the factor
    double relative_threshold = 0;  ///< singular values up to this times the largest are zero; 0: max(n, p) epsilon

    template <Scalar S>
    LeastSquaresSolution<S> solve(const LeastSquares<S>& problem) const {
        if (detail::factor_megabytes(problem) > max_megabytes) return detail::too_large(problem, "SVD");
        const Index n = problem.sample.rows(), p = problem.features(), k = problem.outputs(),
                    at = problem.has_intercept;
        const Matrix<S> R = detail::triangular_factor<S>(problem);
        LeastSquaresSolution<S> solution;
        solution.sweeps = 1;
        solution.b = Vector<S>::Zero(k);
        solution.Z = Matrix<S>::Zero(p, k);
        // below the row of the intercept: E z = c, columns of E scaled to unit length
        const bool is_triangular = R.rows() == R.cols();
        const Index rows = std::max<Index>(0, is_triangular ? p : R.rows() - at);
        Matrix<S> E = R.block(at, at, rows, p);
        const Matrix<S> c = R.block(at, at + p, rows, k);
        const Vector<S> length = make_columns_unit(E);
        S choice(1);  // condition number of the choice among equally good solutions
        if (rows > 0) {
            const Eigen::JacobiSVD<Matrix<S>> svd(E, Eigen::ComputeThinU | Eigen::ComputeThinV);
            const Vector<S> sigma = svd.singularValues();
            const S threshold = (relative_threshold > 0 ? S(relative_threshold)
                                                        : S(static_cast<double>(std::max(n, p))) * epsilon<S>)*sigma[0];
            while (solution.rank < sigma.size() && sigma[solution.rank] > threshold) ++solution.rank;
            if (solution.rank > 0) {
                solution.condition = static_cast<double>(S(sigma[0] / sigma[solution.rank - 1]));
                take_slopes(problem, svd, length, c, solution, choice);
            }
        }
        if (at) solution.b = (R.row(0).tail(k) - R.row(0).segment(1, p) * solution.Z).transpose() / R(0, 0);
        finish(problem, R, choice, solution);
        solution.method = "SVD";
        return solution;
    }

private:
    template <class S>
    static Vector<S> make_columns_unit(Matrix<S>& E) {
        Vector<S> length = E.colwise().norm().transpose();
        for (Index j = 0; j < E.cols(); ++j) {
            if (!(length[j] > S(0))) length[j] = S(1);
            E.col(j) /= length[j];
        }
        return length;
    }

    // V'(length z) = Sigma^-1 U'c, and z = w / scale
    template <class S, class Decomposition>
    static void take_slopes(const LeastSquares<S>& problem, const Decomposition& svd, const Vector<S>& length,
                            const Matrix<S>& c, LeastSquaresSolution<S>& solution, S& choice) {
        const Index r = solution.rank;
        const Matrix<S> right =
            svd.singularValues().head(r).cwiseInverse().asDiagonal() * (svd.matrixU().leftCols(r).transpose() * c);
        if (r == problem.features()) {
            solution.Z = length.cwiseInverse().asDiagonal() * (svd.matrixV() * right);
            return;
        }
        const Vector<S> unit = problem.columns().scale.cwiseInverse();
        const LeastNorm<S> among(svd.matrixV().leftCols(r).transpose() * length.asDiagonal() * unit.asDiagonal());
        solution.Z = unit.asDiagonal() * among.solve(right);
        choice = among.condition();
    }

    // Where the echelon form says the same of the rank as the singular values, the solution is the same, and is refined
    // as that of QR; where it does not, it stays as it is.
    template <class S>
    void finish(const LeastSquares<S>& problem, const Matrix<S>& R, const S& choice,
                LeastSquaresSolution<S>& solution) const {
        using std::log10;
        const Echelon<S> form =
            echelon_form<S>(R, problem.unknowns(), detail::augmented_norms(problem), S(16) * epsilon<S>);
        const detail::FactoredSystem<S> system(problem, form);
        detail::Refinement<S> refinement(problem, system, detail::FactorNoise::of_columns);
        if (form.rank() - problem.has_intercept == solution.rank) return refinement.improve(solution, refinement_steps);
        refinement.evaluate(solution);
        const double worse = std::max(solution.condition, static_cast<double>(choice));
        solution.correct_digits =
            std::max(0.0, -static_cast<double>(log10(S(64) * epsilon<S>)) - 2 * std::log10(worse));
    }
};

GRADUS_COMPILE(LeastSquaresSolution<double> SVD::solve(const LeastSquares<double>&) const)

}  // namespace gradus
