#pragma once
// The group lasso: features that come and go together.

#include <gradus/core/errors.hpp>
#include <gradus/penalties/penalty.hpp>

#include <algorithm>
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
            const S r = length_of_prox<S>(rows, steps, W, amount);
            for (const Index j : rows)
                for (Index c = 0; c < W.cols(); ++c)
                    W(j, c) = r > S(0) ? S(W(j, c) * (r / (r + amount * steps[j]))) : S(0);
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
        std::vector<std::vector<Index>> members;
        for (Index j = 0; j < features; ++j) {
            const auto g = static_cast<std::size_t>(groups.empty() ? j : groups[static_cast<std::size_t>(j)]);
            if (g >= members.size()) members.resize(g + 1);
            members[g].push_back(j);
        }
        for (std::size_t g = 0; g < members.size(); ++g) {
            const double factor =
                factors.size() ? factors[static_cast<Index>(g)] : std::sqrt(static_cast<double>(members[g].size()));
            body(members[g], S(lambda * factor));
        }
    }
    template <Scalar S, class M>
    static S length(const std::vector<Index>& rows, const M& W) {
        using std::abs, std::sqrt;
        S largest(0), sum(0);
        for (const Index j : rows)
            for (Index c = 0; c < W.cols(); ++c) largest = std::max(largest, S(abs(W(j, c))));
        if (!(largest > S(0))) return largest;
        for (const Index j : rows)
            for (Index c = 0; c < W.cols(); ++c) sum += (W(j, c) / largest) * (W(j, c) / largest);
        return largest * sqrt(sum);
    }
    // The root r of sum_jc (w_jc / (r + amount steps_j))^2 = 1, 0 where there is none. With equal steps it is |w| -
    // amount step; else 1 / sqrt(sum) is a concave and increasing function of r, on which Newton's method from below
    // does not overshoot (More, LNM 630 (1978), 105).
    template <Scalar S>
    static S length_of_prox(const std::vector<Index>& rows, const ConstVectorView<S>& steps, const MatrixView<S>& W,
                            const S& amount) {
        using std::sqrt;
        const auto sums = [&](const S& r, S& slope) {
            S sum(0);
            slope = S(0);
            for (const Index j : rows)
                for (Index c = 0; c < W.cols(); ++c) {
                    const S part = W(j, c) / (r + amount * steps[j]);
                    sum += part * part;
                    slope += part * part / (r + amount * steps[j]);
                }
            return sum;
        };
        S slope(0), most(0);
        if (!(sums(S(0), slope) > S(1))) return S(0);
        for (const Index j : rows) most = std::max(most, S(amount * steps[j]));
        S r = std::max(S(0), S(length<S>(rows, W) - most));
        for (int step = 0; step < 100; ++step) {
            const S sum = sums(r, slope), change = sum * (sqrt(sum) - S(1)) / slope;
            if (!(change > epsilon<S> * r)) break;
            r += change;
        }
        return r;
    }
};

}  // namespace gradus
