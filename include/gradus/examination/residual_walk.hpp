#pragma once
// Rows in parameters of which some stand for what columns differ from combinations of others.

#include <gradus/core/types.hpp>
#include <gradus/numeric/sums.hpp>

#include <span>
#include <utility>
#include <vector>

namespace gradus::detail {

/// A walk in which the parameter places[r] is that of other gradients: those of eta_ic have residuals[r](i, c) in that
/// place; none: the walk itself. A column that others add up to but for rounding is hidden beneath their own rounding;
/// its residual is not.
template <class Walk, Scalar S>
class ResidualWalk {
public:
    explicit ResidualWalk(const Walk& walk, std::vector<Index> places = {}, std::vector<Matrix<S>> residuals = {})
        : walk_(&walk), places_(std::move(places)), residuals_(std::move(residuals)) {}

    const auto& sample() const { return walk_->sample(); }
    decltype(auto) predictor() const { return walk_->predictor(); }

    GRADUS_ONCE Matrix<S> linear_predictor(const Vector<S>& theta, bool with_offset) const {
        Vector<S> others = theta;
        for (const Index place : places_) others[place] = S(0);
        Matrix<S> eta = walk_->linear_predictor(others, with_offset);
        for (std::size_t r = 0; r < places_.size(); ++r) eta += residuals_[r] * theta[places_[r]];
        return eta;
    }
    GRADUS_ONCE Vector<S> adjoint(const Matrix<S>& slope) const {
        Vector<S> out = walk_->adjoint(slope);
        for (std::size_t r = 0; r < places_.size(); ++r) {
            Sum<S> sum;
            for (Index l = 0; l < slope.size(); ++l) sum.add(slope.data()[l] * residuals_[r].data()[l]);
            out[places_[r]] = sum.value();
        }
        return out;
    }
    template <class At>
    void directions_at(std::span<const Index> list, At&& at) const {
        std::vector<S> kept(places_.size());
        walk_->directions_at(list, [&](Index i, const auto& add) {
            const Index row = list[static_cast<std::size_t>(i)];
            at(i, [&](Index c, const S& factor, Vector<S>& out) {
                for (std::size_t r = 0; r < places_.size(); ++r) kept[r] = out[places_[r]];
                add(c, factor, out);
                for (std::size_t r = 0; r < places_.size(); ++r)
                    out[places_[r]] = kept[r] + factor * residuals_[r](row, c);
            });
        });
    }

private:
    const Walk* walk_;
    std::vector<Index> places_;
    std::vector<Matrix<S>> residuals_;
};

}  // namespace gradus::detail
