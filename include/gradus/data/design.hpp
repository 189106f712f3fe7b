#pragma once
// X as a fit sees it: rows of features behind a few verbs, in some coordinates.

#include <gradus/core/reduce.hpp>
#include <gradus/data/coordinates.hpp>
#include <gradus/data/dense_storage.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>

namespace gradus {

/// The features of all rows, n x p: a Storage, shared and never changed, and the coordinates in which its columns are
/// seen. A value; copies are cheap. What is stored must outlive it.
template <Scalar S>
class Design {
public:
    Design() : Design(0) {}
    /// n rows without features.
    explicit Design(Index rows) : Design(DenseView<S>(rows, 0)) {}
    explicit Design(const DenseView<S>& X) : Design(std::make_shared<const DenseStorage<S>>(X)) {}
    explicit Design(std::shared_ptr<const Storage<S>> storage) : storage_(std::move(storage)) { see_through({}); }

    Index rows() const { return storage_->rows(); }
    Index columns() const { return storage_->columns(); }
    const Storage<S>& storage() const { return *storage_; }

    const Coordinates<S>& coordinates() const { return coordinates_; }
    /// The same rows in other coordinates.
    Design seen_in(Coordinates<S> coordinates) const {
        Design out = *this;
        out.see_through(std::move(coordinates));
        return out;
    }
    bool is_shifted() const { return is_shifted_; }
    /// Whether a factor of the user's parameters would be so small or large that they lose bits at the end of the
    /// scalar's range: then the rows have to be seen in these coordinates before anything is multiplied by them.
    bool has_extreme_scale() const { return has_extreme_scale_; }
    /// Whether an entry of a row without weight, which may be of any size, could overflow in these coordinates.
    bool may_overflow() const { return may_overflow_; }
    /// p numbers, zeros in the user's own columns.
    const S* shift() const { return shift_.data(); }

    /// The same rows, of which sums see one block in `stride`: see takes().
    Design thinned(Index stride) const {
        Design out = *this;
        out.stride_ = stride;
        return out;
    }
    Index stride() const { return stride_; }
    /// Whether sums see the block that begins at this row: of each `stride` blocks one, here and there, so that rows in
    /// the order of their labels, or of the time of day, have their share.
    bool takes(Index first) const {
        if (stride_ == 1) return true;
        const auto block = static_cast<std::uint64_t>(first / block_rows()),
                   stride = static_cast<std::uint64_t>(stride_);
        return block % stride == ((block / stride + 1) * 0x9E3779B97F4A7C15u >> 32) % stride;
    }

    /// The terms of a sum over all rows: see reduce().
    Ranges ranges() const { return {rows(), storage_->range_rows()}; }
    Index block_rows() const { return storage_->block_rows(); }

    /// One entry as the user has it. Not for loops.
    S entry(Index row, Index column) const {
        Matrix<S> numbers(1, columns());
        storage_->read({row, 1}, numbers);
        return numbers(0, column);
    }

private:
    void see_through(Coordinates<S> coordinates) {
        coordinates_ = std::move(coordinates);
        shift_ = coordinates_.is_identity() ? Vector<S>(Vector<S>::Zero(columns())) : coordinates_.shift;
        is_shifted_ = false;
        for (Index j = 0; j < shift_.size(); ++j) is_shifted_ = is_shifted_ || shift_[j] != S(0);
        has_extreme_scale_ = may_overflow_ = false;
        using std::ldexp;
        const S most = ldexp(S(1), std::numeric_limits<S>::max_exponent / 4);
        const S safe = ldexp(S(1), std::numeric_limits<S>::max_exponent / 64);
        for (const S& scale : coordinates_.scale) may_overflow_ = may_overflow_ || scale > safe;
        for (const S& scale : coordinates_.scale)
            has_extreme_scale_ = has_extreme_scale_ || scale > most || scale * most < S(1);
    }

    std::shared_ptr<const Storage<S>> storage_;
    Coordinates<S> coordinates_;
    Vector<S> shift_;
    Index stride_ = 1;
    bool is_shifted_ = false, has_extreme_scale_ = false, may_overflow_ = false;
};

}  // namespace gradus
