#pragma once
// What a model is fitted to: features, targets, and what else belongs to the rows.

#include <gradus/core/errors.hpp>
#include <gradus/core/executor.hpp>
#include <gradus/data/dense_view.hpp>

#include <type_traits>
#include <utility>
#include <vector>

namespace gradus {

namespace detail {
template <class Derived>
void takes_eigen(const Eigen::EigenBase<Derived>&);  // declared for the concepts alone
template <class Derived>
void takes_dense(const Eigen::DenseBase<Derived>&);
}  // namespace detail

template <class T>
concept EigenMatrix = requires(const std::remove_cvref_t<T>& t) {
    detail::takes_eigen(t);
};
template <class T>
concept DenseExpression = requires(const std::remove_cvref_t<T>& t) {
    detail::takes_dense(t);
};

template <class T>
inline constexpr bool is_std_vector = false;
template <class T, class A>
inline constexpr bool is_std_vector<std::vector<T, A>> = true;

/// A column of numbers or labels: an Eigen vector (or expression), or a std::vector.
template <class T>
concept Column = EigenMatrix<T> || is_std_vector<std::remove_cvref_t<T>>;

namespace detail {

// Lvalues that lie in memory are kept by reference. Temporaries are kept by value, and expressions that have no memory
// of their own are evaluated: so nothing dangles, and nothing that is there already is copied.
template <class T, class Plain = std::remove_cvref_t<T>>
struct Held {
    using Type = std::conditional_t<std::is_lvalue_reference_v<T>, const Plain&, Plain>;
};
template <class T, DenseExpression Plain>
requires(!InMemory<Plain>) struct Held<T, Plain> {
    using Type = typename Plain::PlainObject;
};
template <class T>
using HeldAs = typename Held<T>::Type;

struct Absent {};

}  // namespace detail

/// Rows (x_i, y_i) with, where they differ from the default, frequency weights s_i >= 0 (2 means the row twice, 0 the
/// row absent), an offset o_i added to eta, and trials m_i (y_i counts the successes of m_i single 0/1 outcomes).
///
///     model.fit(Observations(X, y).weights(s).offset(o).on(Threads{4}));
///
/// X is a dense Eigen matrix, a sparse one of either order, or Rows(table). on() says who walks over the rows: see
/// parallel/threads.hpp. A view: nothing is copied. Matrices given by name must outlive it; temporaries are kept.
template <class X, class Y, class W = detail::Absent, class O = detail::Absent, class T = detail::Absent>
class Observations {
public:
    template <class XX, class YY>
    Observations(XX&& x, YY&& y) : X_(std::forward<XX>(x)), y_(std::forward<YY>(y)) {}
    Observations(X&& x, Y&& y, W&& w, O&& o, T&& t, const Executor& executor)
        : X_(std::forward<X>(x)),
          y_(std::forward<Y>(y)),
          weights_(std::forward<W>(w)),
          offset_(std::forward<O>(o)),
          trials_(std::forward<T>(t)),
          executor_(executor) {}

    /// n entries >= 0.
    template <Column Weights>
    auto weights(Weights&& s) && {
        return Observations<X, Y, detail::HeldAs<Weights>, O, T>(std::forward<X>(X_), std::forward<Y>(y_),
                                                                 std::forward<Weights>(s), std::forward<O>(offset_),
                                                                 std::forward<T>(trials_), executor_);
    }
    /// n entries, or n x k.
    template <Column Offset>
    auto offset(Offset&& o) && {
        return Observations<X, Y, W, detail::HeldAs<Offset>, T>(std::forward<X>(X_), std::forward<Y>(y_),
                                                                std::forward<W>(weights_), std::forward<Offset>(o),
                                                                std::forward<T>(trials_), executor_);
    }
    /// n entries > 0: y counts successes among so many.
    template <Column Trials>
    auto trials(Trials&& m) && {
        return Observations<X, Y, W, O, detail::HeldAs<Trials>>(std::forward<X>(X_), std::forward<Y>(y_),
                                                                std::forward<W>(weights_), std::forward<O>(offset_),
                                                                std::forward<Trials>(m), executor_);
    }
    template <Column Weights>
    auto weights(Weights&& s) const& {
        return Observations(*this).weights(std::forward<Weights>(s));
    }
    template <Column Offset>
    auto offset(Offset&& o) const& {
        return Observations(*this).offset(std::forward<Offset>(o));
    }
    template <Column Trials>
    auto trials(Trials&& m) const& {
        return Observations(*this).trials(std::forward<Trials>(m));
    }

    /// Walked over by this executor; anything that converts to one.
    auto on(const Executor& executor) && {
        executor_ = executor;
        return std::move(*this);
    }
    auto on(const Executor& executor) const& { return Observations(*this).on(executor); }

    static constexpr bool has_weights = !std::is_same_v<W, detail::Absent>;
    static constexpr bool has_offset = !std::is_same_v<O, detail::Absent>;
    static constexpr bool has_trials = !std::is_same_v<T, detail::Absent>;

    const auto& X_part() const { return X_; }
    const auto& y_part() const { return y_; }
    const auto& weights_part() const { return weights_; }
    const auto& offset_part() const { return offset_; }
    const auto& trials_part() const { return trials_; }
    const Executor& executor() const { return executor_; }

private:
    X X_;
    Y y_;
    [[no_unique_address]] W weights_ = {};
    [[no_unique_address]] O offset_ = {};
    [[no_unique_address]] T trials_ = {};
    Executor executor_ = {};
};

template <class X, class Y>
Observations(X&&, Y&&) -> Observations<detail::HeldAs<X>, detail::HeldAs<Y>>;

/// A view of an Eigen matrix or std::vector of numbers that lies in memory.
template <Scalar S, class M>
DenseView<S> view_of(const M& matrix) {
    if constexpr (EigenMatrix<M>) return DenseView<S>(matrix);
    else {
        using T = typename M::value_type;
        static_assert(std::is_arithmetic_v<T> || std::is_convertible_v<T, S>,
                      "gradus: this vector does not hold numbers");
        return DenseView<S>(
            Eigen::Map<const Eigen::Matrix<T, Eigen::Dynamic, 1>>(matrix.data(), static_cast<Index>(matrix.size())));
    }
}

template <class M>
Index row_count(const M& column) {
    if constexpr (requires { column.rows(); }) return column.rows();
    else return static_cast<Index>(column.size());
}

}  // namespace gradus
