#pragma once
// Is the minimum with corners the only one?

#include <gradus/models/feature_subset.hpp>
#include <gradus/numeric/cholesky.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace gradus::detail {

/// The slopes that the penalty does not hold where they are: not zero or at a bound, or with a gradient as large as the
/// threshold. A group that is zero is held as a whole.
template <class Risk, class Part, class S = typename Risk::Scalar>
GRADUS_ONCE std::vector<Index> movable_slopes(const Risk& risk, const Part& part, const Evaluation<S>& at) {
    using std::abs, std::sqrt;
    // held: slopes a little to either side ask for no move
    Vector<S> low = at.gradient, high = at.gradient, from_low, from_high;
    const Index m = risk.predictor().first_intercept();
    for (Index l = 0; l < m; ++l) {
        const S little = std::max(std::numeric_limits<S>::min(),
                                  S(sqrt(epsilon<S>) * abs(at.gradient[l]) + epsilon<S> * risk.gradient_scale()[l]));
        low[l] -= little;
        high[l] += little;
    }
    part.residual(at.x, low, from_low);
    part.residual(at.x, high, from_high);
    constexpr bool has_groups = requires(Index g) { part.members(g); };
    std::vector<Index> out;
    for (Index l = 0; l < m; ++l) {
        if (has_groups && at.x[l] == S(0) && !part.is_free(l)) continue;
        if (part.is_free(l) || from_low[l] != S(0) || from_high[l] != S(0)) out.push_back(l);
    }
    return out;
}

/// Whether to ask dependent_at(): such slopes are so few that it costs little beside a fit; or they are as many as the
/// rows, or one of them is zero, as one of two equal columns most often is.
template <class Risk, class Part, class S = typename Risk::Scalar>
GRADUS_ONCE bool may_depend_at(const Risk& risk, const Part& part, const Evaluation<S>& at) {
    const std::vector<Index> movable = movable_slopes(risk, part, at);
    const Index count = static_cast<Index>(movable.size());
    return count * count <= std::max<Index>(1024, risk.predictor().features() / 4) || count >= risk.sample().rows() ||
           std::any_of(movable.begin(), movable.end(), [&](Index l) { return at.x[l] == S(0); });
}

/// The optimum x of mean loss + part is the only one where the Hessian H + P, P that of the penalty, is regular in the
/// parameters that are not held (Tibshirani, Electron. J. Statist. 7 (2013), 1456, lemma 2). Where it is not, some of
/// these depend on others: duplicate columns, more columns than rows without a penalty, or classes whose coefficients
/// of one feature can move together. They are named; empty: the optimum is the only one, or nothing is known since
/// there are more than 500 features to look at. O(s^3).
template <class Risk, class Part, class S = typename Risk::Scalar>
GRADUS_ONCE std::string dependent_at(const Problem<S>& problem, const Risk& risk, const Part& part,
                                     const Evaluation<S>& at) {
    const Index p = problem.features(), m = risk.predictor().first_intercept();
    const std::vector<Index> movable = movable_slopes(risk, part, at);
    const auto counts = [&](Index l) { return std::binary_search(movable.begin(), movable.end(), l); };
    std::vector<Index> features, places;
    for (const Index l : movable) features.push_back(l % p);
    std::sort(features.begin(), features.end());
    features.erase(std::unique(features.begin(), features.end()), features.end());
    if (features.size() > 500) return {};
    const FeatureSubset<S> subset(risk.predictor(), features);
    Vector<S> which(at.x.size());
    for (Index l = 0; l < which.size(); ++l) which[l] = S(static_cast<double>(l));
    which = subset.of(which);
    Matrix<S> H;
    subset.risk(problem, risk).hessian(subset.of(at.x), H);
    // intercepts first: columns that depend on them are to be named, and not they; of classes one is a constant
    for (Index i = which.size() - 1; i >= 0; --i)
        if (const Index l = static_cast<Index>(which[i]); l < m ? counts(l) : true) places.push_back(i);
    std::reverse(places.begin() + risk.predictor().intercepts(), places.end());
    const Index s = static_cast<Index>(places.size());
    const auto place = [&](Index i) { return places[static_cast<std::size_t>(i)]; };
    const auto parameter = [&](Index i) { return static_cast<Index>(which[place(i)]); };
    Matrix<S> A(s, s);
    for (Index j = 0; j < s; ++j) {
        for (Index i = j; i < s; ++i) A(i, j) = H(std::max(place(i), place(j)), std::min(place(i), place(j)));
        for (Index i = j; i < s; ++i) A(i, j) += part.curvature(at.x, parameter(i), parameter(j));
    }
    if (!A.allFinite()) return {};  // the penalty does not tell its curvature
    const Matrix<S> U = semidefinite_cholesky<S>(std::move(A), 64);
    std::string names;
    for (Index i = 0; i < s; ++i)
        if (U(i, i) == S(0) && parameter(i) < m && names.size() < 200)
            names += (names.empty() ? "" : ", ") + problem.feature_name(parameter(i) % p);
    return names;
}

}  // namespace gradus::detail
