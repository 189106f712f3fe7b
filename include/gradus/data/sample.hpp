#pragma once
// The data of one fit: nothing of the user's is copied.

#include <gradus/data/design.hpp>
#include <gradus/data/values.hpp>
#include <gradus/numeric/sums.hpp>

#include <optional>

namespace gradus {

/// n rows: features X (n x p), targets Y (n x t), weights s >= 0 (n, default 1), an offset o (n x k, default 0), and
/// who walks over them.
template <Scalar S>
struct Sample {
    Design<S> X;
    Values<S> Y;
    std::optional<Values<S>> weights, offset;
    S total_weight{0};                  ///< sum of the weights times weight_scale
    S weight_scale{1};                  ///< a power of two: with it no sum of weights overflows
    S outcomes{0};                      ///< of rows of counts, whose weights count trials too: how many, unweighted
    S negligible_weight{0};             ///< up to this, in that scale, a row moves no sum by a rounding: it has no say
    Coordinates<S> target_coordinates;  ///< of Y and the offset, where the loss does not mind (squared loss)
    Vector<S> offset_origin;            ///< k: what of the offset the intercept takes up; empty: no offset
    Executor executor = {};

    Index rows() const { return Y.rows(); }
    Index features() const { return X.columns(); }

    /// Small data stay on one thread: a walk that takes less than a hundred microseconds is one range anyway; and rows
    /// that come in order are read by one.
    Executor walker() const { return X.storage().is_streamed() ? Executor() : executor; }

    void copy_weights(Index first, VectorView<S> out) const {
        if (!weights) return void(out.setOnes());
        weights->copy_rows(first, out);
        for (Index i = 0; i < out.size(); ++i) {
            out[i] *= weight_scale;
            if (!(out[i] > negligible_weight)) out[i] = S(0);
        }
    }
    /// Zeros where a row has no weight: numbers of any size may stand there, and zero times infinity is not zero.
    void silence(const ConstVectorView<S>& s, MatrixView<S> numbers) const {
        if (!weights) return;
        for (Index i = 0; i < numbers.rows(); ++i)
            if (s[i] == S(0)) numbers.row(i).setZero();
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
        for (Index c = 0; c < offset_origin.size(); ++c)
            for (Index i = 0; i < out.rows(); ++i) out(i, c) -= offset_origin[c];
        if (target_coordinates.is_identity()) return;
        for (Index c = 0; c < out.cols(); ++c)
            for (Index i = 0; i < out.rows(); ++i) out(i, c) *= target_coordinates.scale[c];
    }
};

}  // namespace gradus
