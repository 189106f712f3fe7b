// fit_problem() for one scalar.
#pragma once

#include "trials/fits.hpp"
#include <gradus/gradus.hpp>

#include <Eigen/SparseCore>

namespace gradus::trials {

namespace detail {

template <class S, class Model, class Data>
Outcome fit_by(Model& model, const Hostile& problem, const Data& data) {
    Outcome out;
    const auto by = [&](const auto& solver) { out.report = model.fit(data, solver); };
    constexpr bool takes_direct = requires { model.fit(data, QR{}); }
    &&(std::is_same_v<Model, LinearRegression<S>> || std::is_same_v<Model, LinearRegression<S, Ridge>> ||
       std::is_same_v<Model, MultivariateRegression<S>>);
    switch (problem.solver) {
    case SolverKind::qr:
        if constexpr (takes_direct) by(DirectAuto{});  // of so few numbers QR, or of a ridge the dual form
        break;
    case SolverKind::cholesky:
        if constexpr (takes_direct) by(Cholesky{});
        break;
    case SolverKind::svd:
        if constexpr (takes_direct) by(SVD{});
        break;
    case SolverKind::newton:
        by(Newton{});
        break;
    case SolverKind::newton_cg:
        by(NewtonCG{});
        break;
    case SolverKind::lbfgs:
        by(LBFGS{});
        break;
    case SolverKind::cg:
        by(ConjugateGradient{});
        break;
    }
    out.W = model.coefficients().template cast<long double>();
    return out;
}

/// With the weights, the offset and the trials that the problem has.
template <class S, class Model, class Data>
Outcome fit_rows(Model& model, const Hostile& problem, const Data& data) {
    const Vector<S> s = problem.weights.cast<S>(), o = problem.offset.cast<S>(), m = problem.trials.cast<S>();
    if constexpr (std::is_same_v<Model, LogisticRegression<S>> && !Data::has_trials)
        if (m.size()) return fit_rows<S>(model, problem, data.trials(m));
    if (s.size() && o.size()) return fit_by<S>(model, problem, data.weights(s).offset(o));
    if (s.size()) return fit_by<S>(model, problem, data.weights(s));
    if (o.size()) return fit_by<S>(model, problem, data.offset(o));
    return fit_by<S>(model, problem, data);
}

template <class S>
struct Stream {
    const Matrix<S>& X;
    Index rows() const { return X.rows(); }
    Index columns() const { return X.cols(); }
    void read(Index first, Eigen::Ref<Matrix<S>> out) const { out = X.middleRows(first, out.rows()); }
};

template <class S, class Model, class Y>
Outcome fit_storage(Model model, const Hostile& problem, const Y& y) {
    const Matrix<S> X = problem.X.cast<S>();
    if (problem.storage == StorageKind::dense) return fit_rows<S>(model, problem, Observations(X, y));
    if (problem.storage == StorageKind::rows) return fit_rows<S>(model, problem, Observations(Rows(Stream<S>{X}), y));
    const Eigen::SparseMatrix<S> sparse = X.sparseView(S(1), S(0));
    return fit_rows<S>(model, problem, Observations(sparse, y));
}

}  // namespace detail

template <class S>
Outcome fit_problem(const Hostile& problem) {
    using detail::fit_storage;
    const bool b = problem.intercept;
    const Vector<S> y = problem.Y.col(0).cast<S>();
    const Eigen::VectorXi codes =
        problem.kind > Kind::ridge ? Eigen::VectorXi(problem.Y.col(0).cast<int>()) : Eigen::VectorXi();
    std::vector<int> levels;
    for (Index c = 0; c < problem.classes; ++c) levels.push_back(static_cast<int>(c));
    switch (problem.kind) {
    case Kind::linear:
        return fit_storage<S>(LinearRegression<S>({.fit_intercept = b}), problem, y);
    case Kind::multi_output:
        return fit_storage<S>(MultivariateRegression<S>({.fit_intercept = b}), problem, Matrix<S>(problem.Y.cast<S>()));
    case Kind::ridge:
        return fit_storage<S>(LinearRegression<S, Ridge>({.penalty = {.lambda = problem.lambda}, .fit_intercept = b}),
                              problem, y);
    case Kind::binary:
    case Kind::multinomial:
        return fit_storage<S>(LogisticRegression<S>({.fit_intercept = b}), problem, codes);
    case Kind::counted:
        return fit_storage<S>(LogisticRegression<S>({.fit_intercept = b}), problem, y);
    case Kind::ordinal:
        return fit_storage<S>(OrdinalRegression<S>({.levels = levels}), problem, codes);
    case Kind::probit:
        return fit_storage<S>(OrdinalRegression<S, NoPenalty, int, Probit>({.levels = levels}), problem, codes);
    case Kind::cloglog:
        return fit_storage<S>(OrdinalRegression<S, NoPenalty, int, ComplementaryLogLog>({.levels = levels}), problem,
                              codes);
    case Kind::huber:
        return fit_storage<S>(HuberRegression<S>({.delta = problem.delta, .fit_intercept = b}), problem, y);
    default:
        return fit_storage<S>(PoissonRegression<S>({.fit_intercept = b}), problem, y);
    }
}

}  // namespace gradus::trials
