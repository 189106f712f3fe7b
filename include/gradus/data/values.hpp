#pragma once
// Numbers that belong to the rows beside the features: targets, weights, offsets.

#include <gradus/data/dense_view.hpp>

#include <memory>
#include <utility>

namespace gradus {

/// n x k numbers that the user has, or that were made of what the user has (class codes, shares of successes) and then
/// live as long as any copy of this. A value; copies are cheap.
template <Scalar S>
class Values {
public:
    Values() = default;
    Values(const DenseView<S>& view) : view_(view) {}
    explicit Values(Matrix<S> own) : Values(keeping(std::move(own))) {}
    /// Of any type that S can be made of.
    template <class Derived>
    static Values keeping(Derived own) {
        Values out;
        const auto kept = std::make_shared<const Derived>(std::move(own));
        out.view_ = DenseView<S>(*kept);
        out.own_ = kept;
        return out;
    }

    const DenseView<S>& view() const { return view_; }
    Index rows() const { return view_.rows(); }
    Index columns() const { return view_.columns(); }
    /// Not for loops over rows: copy_rows() reads a block at the cost of one call.
    S operator()(Index row, Index column) const { return view_(row, column); }
    void copy_rows(Index first, MatrixView<S> out) const { view_.copy_rows(first, out); }
    Matrix<S> all() const {
        Matrix<S> out(rows(), columns());
        copy_rows(0, out);
        return out;
    }

private:
    std::shared_ptr<const void> own_;
    DenseView<S> view_;
};

}  // namespace gradus
