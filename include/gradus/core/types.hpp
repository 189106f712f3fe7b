#pragma once
// Scalars and the names of the matrix types that the rest of the library uses.

#include <gradus/core/compiled_once.hpp>
#include <gradus/core/config.hpp>

#include <Eigen/Core>
#include <concepts>
#include <limits>

namespace gradus {

using Eigen::Index;

/// A real floating-point type: float, double, long double, or a multiprecision type that Eigen knows (NumTraits) and
/// whose std::numeric_limits are specialised. Integers and complex numbers are not.
template <class S>
concept Scalar = std::floating_point<S> ||
    (std::numeric_limits<S>::is_specialized && !std::numeric_limits<S>::is_integer && !Eigen::NumTraits<S>::IsComplex);

template <Scalar S>
using Vector = Eigen::Matrix<S, Eigen::Dynamic, 1>;
template <Scalar S>
using Matrix = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>;

/// Views of column-major storage: what the functions between the rooms take and fill. A vector is a matrix of one
/// column.
template <Scalar S>
using ConstVectorView = Eigen::Ref<const Vector<S>>;
template <Scalar S>
using VectorView = Eigen::Ref<Vector<S>>;
template <Scalar S>
using ConstMatrixView = Eigen::Ref<const Matrix<S>>;
template <Scalar S>
using MatrixView = Eigen::Ref<Matrix<S>>;

/// Rows are worked on in blocks of at most this many, so that a block of X stays in the second-level cache and scratch
/// for one column of a block can live on the stack.
inline constexpr int max_block_rows = 512;
template <Scalar S>
using BlockArray = Eigen::Array<S, Eigen::Dynamic, 1, Eigen::ColMajor, max_block_rows, 1>;

template <Scalar S>
inline const S epsilon = std::numeric_limits<S>::epsilon();

}  // namespace gradus
