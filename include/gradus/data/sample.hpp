#pragma once
// The data of one fit, as views: nothing is copied.

#include <gradus/data/equilibration.hpp>
#include <gradus/numeric/sums.hpp>

#include <optional>

namespace gradus {

/// n rows: features X (n x p), targets Y (n x t), weights s >= 0 (n, default 1) and offset o (n x k, default 0).
template <Scalar S>
struct Sample {
    DenseView<S> X, Y;
    std::optional<DenseView<S>> weights, offset;
    Equilibration<S> target_coordinates;  ///< of Y and the offset, where the loss does not mind (squared loss)
    S total_weight{0};

    Index rows() const { return Y.rows(); }
    Index features() const { return X.columns(); }

    void copy_weights(Index first, VectorView<S> out) const {
        if (weights) weights->copy_rows(first, out);
        else out.setOnes();
    }
    void copy_targets(Index first, MatrixView<S> out) const {
        Y.copy_rows(first, out);
        if (target_coordinates.is_identity()) return;
        for (Index c = 0; c < out.cols(); ++c)
            for (Index i = 0; i < out.rows(); ++i)
                out(i, c) = (out(i, c) - target_coordinates.shift[c]) * target_coordinates.scale[c];
    }
    /// What rounding took from the targets when they were moved to their coordinates: with it they are exact.
    void copy_target_remainder(Index first, MatrixView<S> out) const {
        Y.copy_rows(first, out);
        for (Index c = 0; c < out.cols(); ++c)
            for (Index i = 0; i < out.rows(); ++i) {
                S moved = out(i, c), rest(0);
                add_exactly(moved, rest, S(-target_coordinates.shift[c]));
                out(i, c) = rest * target_coordinates.scale[c];
            }
    }
    void copy_offset(Index first, MatrixView<S> out) const {
        offset->copy_rows(first, out);
        if (target_coordinates.is_identity()) return;
        for (Index c = 0; c < out.cols(); ++c)
            for (Index i = 0; i < out.rows(); ++i) out(i, c) *= target_coordinates.scale[c];
    }
};

}  // namespace gradus
