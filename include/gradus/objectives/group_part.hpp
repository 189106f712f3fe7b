#pragma once
// The lengths of groups of parameters, as the part of a function that has corners.

#include <gradus/numeric/products.hpp>
#include <gradus/penalties/group_terms.hpp>

#include <span>
#include <utility>
#include <vector>

namespace gradus {

/// x -> sum_g amount_g |(scale_l x_l), l in g|, over groups of parameters: a CornerPart. Parameters of no group (-1),
/// or of one whose amount is zero, are free.
template <Scalar S>
class GroupPart {
public:
    using Indices = Eigen::Matrix<Index, Eigen::Dynamic, 1>;

    GroupPart(Indices group, Vector<S> amount, Vector<S> scale)
        : group_(std::move(group)), amount_(std::move(amount)), scale_(std::move(scale)) {
        begin_.assign(static_cast<std::size_t>(amount_.size()) + 1, 0);
        for (Index l = 0; l < group_.size(); ++l)
            if (!is_free(l)) ++begin_[static_cast<std::size_t>(group_[l]) + 1];
        for (std::size_t g = 1; g < begin_.size(); ++g) begin_[g] += begin_[g - 1];
        members_.resize(begin_.back());
        std::vector<std::size_t> next = begin_;
        for (Index l = 0; l < group_.size(); ++l)
            if (!is_free(l)) members_[next[static_cast<std::size_t>(group_[l])]++] = l;
    }

    Index groups() const { return amount_.size(); }
    const S& amount(Index g) const { return amount_[g]; }
    const S& scale(Index l) const { return scale_[l]; }
    /// The parameters of a group that is penalised; of another none.
    std::span<const Index> members(Index g) const {
        const auto at = static_cast<std::size_t>(g);
        return {members_.data() + begin_[at], begin_[at + 1] - begin_[at]};
    }
    bool is_free(Index l) const { return group_[l] < 0 || amount_[group_[l]] == S(0); }

    /// |(scale_l x_l)| of a group.
    S length(Index g, const Vector<S>& x) const {
        return length_of(g, [&](Index l) { return S(scale_[l] * x[l]); });
    }
    /// |(slope_l / scale_l)| of a group: zero stays where it is if that is no more than the amount.
    S slope_length(Index g, const Vector<S>& slope) const {
        return length_of(g, [&](Index l) { return S(slope[l] / scale_[l]); });
    }

    S value(const Vector<S>& x) const {
        S sum(0);
        for (Index g = 0; g < groups(); ++g) sum += amount_[g] * length(g, x);
        return sum;
    }
    void prox(const S& t, Vector<S>& x) const {
        for (Index g = 0; g < groups(); ++g) {
            const auto at = members(g);
            const auto step = [&](Index l) { return S(t * scale_[l] * scale_[l]); };
            const auto member = [&](Index i) { return at[static_cast<std::size_t>(i)]; };
            const S r = detail::shrunk_length<S>(
                static_cast<Index>(at.size()), [&](Index i) { return S(scale_[member(i)] * x[member(i)]); },
                [&](Index i) { return step(member(i)); }, amount_[g]);
            for (const Index l : at) x[l] = r > S(0) ? S(x[l] * (r / (r + amount_[g] * step(l)))) : S(0);
        }
    }
    void residual(const Vector<S>& x, const Vector<S>& gradient, Vector<S>& out) const {
        out = gradient;
        for (Index g = 0; g < groups(); ++g) {
            const S size = length(g, x), slope = size > S(0) ? S(0) : slope_length(g, gradient);
            const S beyond = slope > amount_[g] ? S(S(1) - amount_[g] / slope) : S(0);
            for (const Index l : members(g))
                out[l] = size > S(0) ? S(gradient[l] + amount_[g] * scale_[l] * (scale_[l] * x[l] / size))
                                     : S(beyond * gradient[l]);
        }
    }

    /// See GroupLasso::dual_share(). The last parameters, the intercepts, are in no group.
    S dual_share(const Vector<S>& gradient, const Vector<S>& rounding) const {
        S share(1);
        for (Index l = 0; l < group_.size(); ++l)
            if (group_[l] >= 0 && is_free(l)) return S(-1);
        for (Index g = 0; g < groups(); ++g) {
            const S slope = slope_length(g, gradient) + slope_length(g, rounding);
            if (share * slope > amount_[g]) share = amount_[g] / slope;
        }
        return share;
    }

    /// The second derivative in parameters l and m where their groups are not zero.
    S curvature(const Vector<S>& x, Index l, Index m) const {
        if (is_free(l) || group_[l] != group_[m]) return S(0);
        const S size = length(group_[l], x), a = scale_[l] * x[l] / size, b = scale_[m] * x[m] / size;
        return amount_[group_[l]] / size * scale_[l] * scale_[m] * ((l == m ? S(1) : S(0)) - a * b);
    }

    /// In some of the parameters alone: whole groups.
    template <class Subset>
    GroupPart of(const Subset& some) const {
        Indices group = some.of(group_), number = Indices::Constant(groups(), -1);
        Vector<S> amount = amount_;
        Index count = 0;
        for (Index l = 0; l < group.size(); ++l) {
            if (group[l] < 0) continue;
            Index& own = number[group[l]];
            if (own < 0) amount[own = count++] = amount_[group[l]];
            group[l] = own;
        }
        amount.conservativeResize(count);
        return {std::move(group), std::move(amount), some.of(scale_)};
    }
    /// All features that are in a group with one of these; parameters l and l + p belong to the same of p features.
    std::vector<Index> whole(const std::vector<Index>& features, Index p) const {
        std::vector<bool> has(static_cast<std::size_t>(groups()), false);
        for (const Index j : features) has[static_cast<std::size_t>(group_[j])] = true;
        std::vector<Index> out;
        for (Index j = 0; j < p; ++j)
            if (has[static_cast<std::size_t>(group_[j])]) out.push_back(j);
        return out;
    }

private:
    template <class At>
    S length_of(Index g, At&& at) const {
        const auto own = members(g);
        return detail::length_of<S>(static_cast<Index>(own.size()),
                                    [&](Index i) { return at(own[static_cast<std::size_t>(i)]); });
    }

    Indices group_;
    Vector<S> amount_, scale_;
    std::vector<std::size_t> begin_;
    std::vector<Index> members_;  // group by group
};

}  // namespace gradus
