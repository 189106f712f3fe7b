#pragma once
// The margins of a row: by how much its true class is ahead.

#include <gradus/core/function_ref.hpp>
#include <gradus/data/sample.hpp>
#include <gradus/families/family.hpp>

#include <vector>

namespace gradus {

namespace detail {

/// eta_plus - eta_minus of one row; -1: nothing. `is_free`: the opposite margin is there too, so that neither may grow.
struct Margin {
    Index row;
    int plus, minus;
    bool is_free;
};

template <Scalar S>
GRADUS_NOINLINE void for_each_margin(MarginKind kind, Index row, const S& y, Index outputs,
                                     FunctionRef<const Margin&> visit) {
    const bool is_class = kind == MarginKind::softmax || kind == MarginKind::ordinal;
    const int k = static_cast<int>(outputs), code = is_class ? static_cast<int>(y) : 0;
    switch (kind) {
    case MarginKind::none:
        return;
    case MarginKind::binary:
        if (y > S(0)) visit(Margin{row, 0, -1, y < S(1)});
        if (y < S(1)) visit(Margin{row, -1, 0, y > S(0)});
        return;
    case MarginKind::softmax:
        for (int c = 0; c < k; ++c)
            if (c != code) visit(Margin{row, code, c, false});
        return;
    case MarginKind::count:
        if (y > S(0)) visit(Margin{row, 0, -1, true});
        visit(Margin{row, -1, 0, y > S(0)});
        return;
    case MarginKind::ordinal:
        if (code < k) visit(Margin{row, code, -1, false});
        if (code > 0) visit(Margin{row, -1, code - 1, false});
        return;
    }
}

/// Of all rows with positive weight.
template <Scalar S>
GRADUS_ONCE std::vector<Margin> margins_of(const Sample<S>& sample, Index outputs, MarginKind kind) {
    std::vector<Margin> out;
    const Index n = sample.rows();
    const Matrix<S> y = sample.Y.all();
    Vector<S> s(n);
    sample.copy_weights(0, s);
    for (Index i = 0; i < n; ++i)
        if (s[i] > S(0))
            for_each_margin(kind, i, y(i, 0), outputs, [&](const Margin& margin) { out.push_back(margin); });
    return out;
}

/// The margin in eta (n x k), without offset.
template <Scalar S>
S value_of(const Margin& margin, const ConstMatrixView<S>& eta) {
    return (margin.plus < 0 ? S(0) : S(eta(margin.row, margin.plus))) -
           (margin.minus < 0 ? S(0) : S(eta(margin.row, margin.minus)));
}

}  // namespace detail

}  // namespace gradus
