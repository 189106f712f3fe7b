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

    const Coordinates<S>& coordinates() const { return view_->coordinates; }
    /// The same rows in other coordinates.
    Design seen_in(Coordinates<S> coordinates) const {
        Design out = *this;
        out.see_through(std::move(coordinates));
        return out;
    }
    bool is_shifted() const { return view_->is_shifted; }
    /// Whether a factor of the user's parameters would be so small or large that they lose bits at the end of the
    /// scalar's range: then the rows have to be seen in these coordinates before anything is multiplied by them.
    bool has_extreme_scale() const { return view_->has_extreme_scale; }
    /// Whether an entry of a row without weight, which may be of any size, could overflow in these coordinates.
    bool may_overflow() const { return view_->may_overflow; }
    /// p numbers, zeros in the user's own columns.
    const S* shift() const { return view_->shift.data(); }

    /// The same rows, of which sums see one block in `stride`: see takes(). 0: in blocks of the storage's size.
    Design thinned(Index stride, Index block_rows = 0) const {
        Design out = *this;
        out.stride_ = stride;
        if (block_rows > 0) out.block_rows_ = std::min(block_rows, out.block_rows());
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
    Index block_rows() const { return block_rows_ > 0 ? block_rows_ : storage_->block_rows(); }

    /// One entry as the user has it. Not for loops.
    S entry(Index row, Index column) const {
        Matrix<S> numbers(1, columns());
        storage_->read({row, 1}, numbers);
        return numbers(0, column);
    }

private:
    void see_through(Coordinates<S> coordinates) {
        using std::ldexp;
        const auto view = std::make_shared<View>();
        view->shift = coordinates.is_identity() ? Vector<S>(Vector<S>::Zero(columns())) : coordinates.shift;
        for (const S& shift : view->shift) view->is_shifted = view->is_shifted || shift != S(0);
        const S most = ldexp(S(1), std::numeric_limits<S>::max_exponent / 4);
        const S safe = ldexp(S(1), std::numeric_limits<S>::max_exponent / 64);
        for (const S& scale : coordinates.scale) {
            view->may_overflow = view->may_overflow || scale > safe;
            view->has_extreme_scale = view->has_extreme_scale || scale > most || scale * most < S(1);
        }
        view->coordinates = std::move(coordinates);
        view_ = view;
    }

    // Shared by copies, of which a fit makes some.
    struct View {
        Coordinates<S> coordinates;
        Vector<S> shift;
        bool is_shifted = false, has_extreme_scale = false, may_overflow = false;
    };

    std::shared_ptr<const Storage<S>> storage_;
    std::shared_ptr<const View> view_;
    Index stride_ = 1, block_rows_ = 0;
};

GRADUS_COMPILE(class Design<double>)

}  // namespace gradus
