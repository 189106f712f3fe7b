#pragma once
// Wald tests of linear hypotheses about the parameters of the table.

#include <gradus/inference/inference.hpp>

#include <Eigen/QR>

namespace gradus {

namespace detail {

struct WaldVerdict {
    Test test;
    bool are_consistent = true;  ///< the hypotheses; that they are by the covariance, which may be of less rank
};
/// See wald_test().
inline WaldVerdict wald_verdict(const Inference& inference, const Eigen::MatrixXd& L, const Eigen::VectorXd& values) {
    const Index m = L.rows(), P = static_cast<Index>(inference.estimates.size());
    if (L.cols() != P || values.size() != m)
        reject("wald_test: L is ", m, " x ", L.cols(), " and values has ", values.size(), " entries, expected m x ", P,
               " and m");
    Eigen::MatrixXd T = Eigen::MatrixXd::Zero(m, inference.root.cols());
    Eigen::VectorXd u = -values;
    bool is_exact = false;
    for (Index j = 0; j < P; ++j)
        for (Index i = 0; i < m; ++i) {
            if (L(i, j) == 0) continue;
            is_exact = is_exact || inference.is_exact_at(static_cast<std::size_t>(j));
            T.row(i) += L(i, j) * inference.root.row(j);
            u[i] += L(i, j) * inference.estimates[static_cast<std::size_t>(j)].estimate;
        }
    for (Index i = 0; i < m; ++i) {  // hypotheses in units of their standard errors
        const double size = T.row(i).norm();
        if (size == 0) continue;
        T.row(i) /= size;
        u[i] /= size;
    }
    const double df = inference.residual_degrees_of_freedom;
    const auto verdict = [&](double statistic, double rank) {
        return std::isinf(df) ? chi_squared_test("Wald", statistic, rank) : f_test("Wald", statistic / rank, rank, df);
    };
    if (is_exact) return {without_statistic(verdict(0, static_cast<double>(m)), exact_fit)};
    if (!T.allFinite() || !u.allFinite())
        return {verdict(std::numeric_limits<double>::quiet_NaN(), static_cast<double>(m))};
    Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr;
    qr.setThreshold(1e-12);  // rounding of L root; estimates more alike than this cannot be told apart
    qr.compute(T.transpose());
    const Index rank = qr.rank();
    u = qr.colsPermutation().transpose() * u;
    const auto R = qr.matrixR();
    const Eigen::VectorXd w =
        R.topLeftCorner(rank, rank).template triangularView<Eigen::Upper>().transpose().solve(u.head(rank));
    const Eigen::VectorXd rest = u.tail(m - rank) - R.topRightCorner(rank, m - rank).transpose() * w;
    const bool are_consistent = rest.size() == 0 || rest.cwiseAbs().maxCoeff() <= 1e-7 * (1 + w.norm());
    return {verdict(w.squaredNorm(), static_cast<double>(rank)), are_consistent};
}

/// The rows of L that say of each of these estimates what it is.
inline Eigen::MatrixXd selection(const Inference& inference, const std::vector<Index>& parameters) {
    Eigen::MatrixXd L =
        Eigen::MatrixXd::Zero(static_cast<Index>(parameters.size()), static_cast<Index>(inference.estimates.size()));
    for (Index i = 0; i < L.rows(); ++i) {
        const Index at = parameters[static_cast<std::size_t>(i)];
        if (at < 0 || at >= L.cols()) reject("wald_test: no parameter ", at, " among ", L.cols());
        L(i, at) = 1;
    }
    return L;
}

}  // namespace detail

/// That L b = values, b the estimates in the order of the table. L: m x P. With T = L root the statistic is (L b -
/// values)'(T T')^-1 (L b - values), formed from the QR factorisation of T' with pivoting: no covariance is inverted,
/// and hypotheses that follow from the others are not counted. Linear models: the statistic over its degrees of freedom
/// is F with the residual ones; otherwise (and where the degrees of freedom are infinite) chi-squared. Throws
/// InvalidInput when the sizes disagree or the hypotheses contradict each other; NaN where a parameter is not known, or
/// (with a note) where the residuals are rounding.
/// O(m^2 rank).
inline Test wald_test(const Inference& inference, const Eigen::MatrixXd& L, const Eigen::VectorXd& values) {
    detail::WaldVerdict verdict = detail::wald_verdict(inference, L, values);
    if (!verdict.are_consistent) reject("wald_test: the hypotheses contradict each other");
    return std::move(verdict.test);
}

/// That the estimates at these places of the table are zero, or have these values.
inline Test wald_test(const Inference& inference, const std::vector<Index>& parameters, Eigen::VectorXd values = {}) {
    const Eigen::MatrixXd L = detail::selection(inference, parameters);
    if (values.size() == 0) values = Eigen::VectorXd::Zero(L.rows());
    return wald_test(inference, L, values);
}

}  // namespace gradus
