#pragma once
// Rows of data and, behind them, functions of the parameters that may not fall.

#include <gradus/examination/margins.hpp>
#include <gradus/numeric/products.hpp>

#include <span>
#include <utility>
#include <vector>

namespace gradus::detail {

/// A walk with a row more for each constraint, a linear function of the parameters that must not fall along a
/// direction: its value stands for the first eta of that row. The other etas of such a row are zero.
template <class Walk, Scalar S>
class ConstrainedWalk {
public:
    /// `constraints`: one in each row.
    ConstrainedWalk(const Walk& walk, Matrix<S> constraints)
        : walk_(&walk), constraints_(std::move(constraints)), rows_{data_rows() + constraints_.rows()} {}

    struct Rows {
        Index count;
        Index rows() const { return count; }
    };
    const Rows& sample() const { return rows_; }
    decltype(auto) predictor() const { return walk_->predictor(); }
    Index data_rows() const { return walk_->sample().rows(); }

    std::vector<Margin> margins(MarginKind kind) const {
        std::vector<Margin> out = margins_of(walk_->sample(), predictor().outputs(), kind);
        for (Index row = data_rows(); row < rows_.count; ++row) out.push_back({row, 0, -1, false});
        return out;
    }
    GRADUS_ONCE Matrix<S> linear_predictor(const Vector<S>& theta, bool with_offset) const {
        Matrix<S> eta = Matrix<S>::Zero(rows_.count, predictor().outputs());
        eta.topRows(data_rows()) = walk_->linear_predictor(theta, with_offset);
        eta.col(0).tail(constraints_.rows()) = product<S>(constraints_, theta);
        return eta;
    }
    GRADUS_ONCE Vector<S> adjoint(const Matrix<S>& slope) const {
        const Vector<S> of_constraints = slope.col(0).tail(constraints_.rows());
        Vector<S> out = walk_->adjoint(slope.topRows(data_rows()));
        for (Index r = 0; r < constraints_.rows(); ++r)
            for (Index j = 0; j < out.size(); ++j) out[j] += constraints_(r, j) * of_constraints[r];
        return out;
    }
    template <class At>
    void directions_at(std::span<const Index> list, At&& at) const {
        std::vector<Index> data, places;
        for (std::size_t i = 0; i < list.size(); ++i)
            if (list[i] < data_rows()) data.push_back(list[i]), places.push_back(static_cast<Index>(i));
        walk_->directions_at(std::span<const Index>(data),
                             [&](Index i, const auto& add) { at(places[static_cast<std::size_t>(i)], add); });
        for (std::size_t i = 0; i < list.size(); ++i) {
            const Index r = list[i] - data_rows();
            if (r < 0) continue;
            at(static_cast<Index>(i), [&](Index c, const S& factor, Vector<S>& out) {
                for (Index j = 0; c == 0 && j < out.size(); ++j) out[j] += factor * constraints_(r, j);
            });
        }
    }

private:
    const Walk* walk_;
    Matrix<S> constraints_;
    Rows rows_;
};

/// The margins of a walk, and how many of its rows are data.
template <class Walk>
std::vector<Margin> margins_in(const Walk& walk, MarginKind kind) {
    if constexpr (requires { walk.margins(kind); }) return walk.margins(kind);
    else return margins_of(walk.sample(), walk.predictor().outputs(), kind);
}
template <class Walk>
Index data_rows_of(const Walk& walk) {
    if constexpr (requires { walk.data_rows(); }) return walk.data_rows();
    else return walk.sample().rows();
}

}  // namespace gradus::detail
