#pragma once
// The group lasso: features that come and go together.

#include <gradus/core/errors.hpp>
#include <gradus/penalties/group_terms.hpp>
#include <gradus/penalties/penalty.hpp>

#include <cmath>
#include <vector>

namespace gradus {

/// lambda * sum_g factor_g |W_g|, W_g the rows of W that belong to the features of group g, |.| the square root of the
/// sum of all their squares, in the user's scale (Yuan and Lin, J. R. Statist. Soc. B 68 (2006), 49): all coefficients
/// of a group are zero or none is.
///
/// `groups` gives each feature the number of its group, 0, 1, ...; empty: each feature is one, so that with several
/// outputs or classes a feature is left out of all or of none (scikit-learn's MultiTaskLasso, glmnet's
/// type.multinomial = "grouped"; with a single output the lasso). `factors`, one >= 0 per group, weigh the groups
/// against each other; empty means the square root of the number of features in each, as Yuan and Lin take them.
struct GroupLasso {
    static constexpr bool is_zero = false;
    static constexpr const char* formula = "lambda sum_g factor_g |W_g|";

    double lambda = 1;
    std::vector<Index> groups = {};
    Eigen::VectorXd factors = {};

    /// Throws InvalidInput unless lambda >= 0, there are no groups or one for each of p features, none of them empty,
    /// and there are no factors or one >= 0 for each group.
    void check(Index features) const {
        if (!(lambda >= 0) || !std::isfinite(lambda))
            reject("group lasso: lambda is ", lambda, ", but must be a finite number >= 0");
        if (!groups.empty() && static_cast<Index>(groups.size()) != features)
            reject("group lasso: groups of ", groups.size(), " features, but there are ", features);
        std::vector<Index> size;
        for (std::size_t j = 0; j < groups.size(); ++j) {
            if (groups[j] < 0 || groups[j] >= features)
                reject("group lasso: feature ", j, " is in group ", groups[j], ", but groups are counted from 0");
            if (groups[j] >= static_cast<Index>(size.size())) size.resize(static_cast<std::size_t>(groups[j]) + 1, 0);
            ++size[static_cast<std::size_t>(groups[j])];
        }
        for (std::size_t g = 0; g < size.size(); ++g)
            if (size[g] == 0) reject("group lasso: group ", g, " has no feature");
        const Index count = groups.empty() ? features : static_cast<Index>(size.size());
        if (factors.size() != 0 && factors.size() != count)
            reject("group lasso: ", factors.size(), " factors for ", count, " groups");
        for (Index g = 0; g < factors.size(); ++g)
            if (!(factors[g] >= 0) || !std::isfinite(factors[g]))
                reject("group lasso: factor ", g, " is ", factors[g], ", but must be a finite number >= 0");
    }

    /// Which group a feature belongs to, and lambda factor_g of each group.
    Index group(Index j) const { return groups.empty() ? j : groups[static_cast<std::size_t>(j)]; }
    Eigen::VectorXd amounts(Index features) const {
        if (factors.size()) return lambda * factors;
        Eigen::VectorXd size = Eigen::VectorXd::Zero(features);
        Index count = 0;
        for (Index j = 0; j < features; ++j) {
            ++size[group(j)];
            count = std::max(count, group(j) + 1);
        }
        return lambda * size.head(count).cwiseSqrt();
    }

    template <Scalar S>
    S value(const Coefficients<S>& W) const {
        S sum(0);
        for_each_group<S>(
            W->rows(), [&](const std::vector<Index>& rows, const S& amount) { sum += amount * length<S>(rows, *W); });
        return sum;
    }
    /// Zero where |(w_j / steps_j)_j| <= amount; else w_j r / (r + amount steps_j), r the length of the result.
    template <Scalar S>
    void prox(const ConstVectorView<S>& steps, MatrixView<S> W) const {
        for_each_group<S>(W.rows(), [&](const std::vector<Index>& rows, const S& amount) {
            if (amount == S(0)) return;
            const Index k = W.cols();
            const S r = detail::shrunk_length<S>(
                static_cast<Index>(rows.size()) * k, [&](Index i) { return entry<S>(rows, W, i); },
                [&](Index i) { return S(steps[rows[static_cast<std::size_t>(i / k)]]); }, amount);
            for (const Index j : rows)
                for (Index c = 0; c < k; ++c) W(j, c) = r > S(0) ? S(W(j, c) * (r / (r + amount * steps[j]))) : S(0);
        });
    }
    template <Scalar S>
    void subdifferential_distance(const Coefficients<S>& W, const ConstMatrixView<S>& G, MatrixView<S> out) const {
        using std::abs;
        for_each_group<S>(W->rows(), [&](const std::vector<Index>& rows, const S& amount) {
            const S size = length<S>(rows, *W), slope = length<S>(rows, G);
            const S beyond = slope > amount ? S(S(1) - amount / slope) : S(0);
            for (const Index j : rows)
                for (Index c = 0; c < G.cols(); ++c)
                    out(j, c) = abs(size > S(0) ? S(G(j, c) + amount * ((*W)(j, c) / size)) : S(beyond * G(j, c)));
        });
    }

    /// The largest c up to 1 for which -c G, whose entries may be wrong by their `rounding`, is a subgradient at zero:
    /// |c G_g| <= amount in each group. There the conjugate is zero. -1: none is, since a group is not penalised.
    template <Scalar S>
    S dual_share(const ConstMatrixView<S>& G, const ConstMatrixView<S>& rounding) const {
        S share(1);
        for_each_group<S>(G.rows(), [&](const std::vector<Index>& rows, const S& amount) {
            const S slope = length<S>(rows, G) + length<S>(rows, rounding);
            if (amount == S(0)) share = S(-1);
            else if (share * slope > amount) share = amount / slope;
        });
        return share;
    }

private:
    // body(rows of the group, lambda * factor)
    template <Scalar S, class Body>
    void for_each_group(Index features, Body&& body) const {
        const Eigen::VectorXd amount = amounts(features);
        std::vector<std::vector<Index>> members(static_cast<std::size_t>(amount.size()));
        for (Index j = 0; j < features; ++j) members[static_cast<std::size_t>(group(j))].push_back(j);
        for (std::size_t g = 0; g < members.size(); ++g) body(members[g], S(amount[static_cast<Index>(g)]));
    }
    // row by row
    template <Scalar S, class M>
    static S entry(const std::vector<Index>& rows, const M& W, Index i) {
        return W(rows[static_cast<std::size_t>(i / W.cols())], i % W.cols());
    }
    template <Scalar S, class M>
    static S length(const std::vector<Index>& rows, const M& W) {
        return detail::length_of<S>(static_cast<Index>(rows.size()) * W.cols(),
                                    [&](Index i) { return entry<S>(rows, W, i); });
    }
};

}  // namespace gradus
