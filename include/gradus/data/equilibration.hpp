#pragma once
// Coordinates in which columns are centred and of like size.

#include <gradus/data/dense_view.hpp>

namespace gradus {

/// x_j is seen as (x_j - shift_j) scale_j, scale_j a power of two. Empty vectors: the user's own coordinates.
template <Scalar S>
struct Equilibration {
    Vector<S> shift, scale;
    bool is_identity() const { return shift.size() == 0; }
};

}  // namespace gradus
