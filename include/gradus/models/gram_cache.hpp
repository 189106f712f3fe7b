#pragma once
// Products of columns with each other, computed once for a whole path.

#include <gradus/models/feature_subset.hpp>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace gradus::detail {

/// The Hessian of a mean squared loss of one target, H_jl = mean x_j x_l, for the features that were asked for so far
/// and the intercept. A new feature costs one product with each of the others: O(n m) for m of them.
template <class Risk>
class GramCache {
public:
    using S = typename Risk::Scalar;

    /// Whether it is of use: sparse columns have few products, and those of several outputs are the same.
    static bool suits(const Risk& risk) {
        return risk.has_constant_hessian() && risk.predictor().outputs() == 1 &&
               !risk.sample().X.storage().visits_entries();
    }

    /// The features whose products are known, these among them, in the order of the Hessian. Those that are not asked
    /// for any more go when there are many of them: to copy the Hessian of those that are asked for each time took a
    /// sixth of a path (2000 x 10000), and features that stay zero cost a sweep little.
    GRADUS_ONCE const std::vector<Index>& with(const Risk& risk, const std::vector<Index>& features) {
        if (place_.empty()) place_.assign(static_cast<std::size_t>(risk.predictor().features()), -1);
        std::vector<Index> fresh;
        for (const Index j : features)
            if (place(j) < 0) fresh.push_back(j);
        if (features_.size() + fresh.size() > features.size() + features.size() / 4 + 100) keep(features);
        if (!fresh.empty()) add(risk, fresh);
        return features_;
    }

    /// In these features and the intercept.
    ConstMatrixView<S> hessian(const Risk& risk) {
        const Index m = count(), r = risk.predictor().intercepts();
        for (Index c = 0; c < r; ++c) {
            for (Index l = 0; l < m; ++l) G_(m + c, l) = G_(l, m + c) = mean_[l];
            G_(m + c, m + c) = S(1);
        }
        return G_.topLeftCorner(m + r, m + r);
    }

    /// The same in single precision.
    const Matrix<float>& rounded_hessian(const Risk& risk) {
        const ConstMatrixView<S> H = hessian(risk);
        if (rounded_.rows() < H.rows()) rounded_.resize(G_.rows(), G_.rows()), rounded_count_ = 0;
        for (Index l = 0; l < H.cols(); ++l)
            for (Index i = l < rounded_count_ ? rounded_count_ : 0; i < H.rows(); ++i)
                rounded_(i, l) = static_cast<float>(H(i, l));
        rounded_count_ = count();
        return rounded_;
    }

private:
    // of new columns with themselves and all others
    struct Products {
        Products(Index all, Index fresh) : G(Matrix<S>::Zero(all, fresh)), mean(Matrix<S>::Zero(fresh, 1)) {}
        Matrix<S> G, mean;
        void merge(const Products& other) {
            add_multiple(S(1), other.G.data(), G.data(), G.size());
            add_multiple(S(1), other.mean.data(), mean.data(), mean.size());
        }
    };

    Index count() const { return static_cast<Index>(features_.size()); }
    Index place(Index feature) const { return place_[static_cast<std::size_t>(feature)]; }
    void append(Index feature) {
        place_[static_cast<std::size_t>(feature)] = count();
        features_.push_back(feature);
    }

    // of what is there these alone, in the order that they have: each number moves to one that was read before
    void keep(const std::vector<Index>& features) {
        rounded_count_ = 0;
        std::vector<char> is_kept(features_.size(), false);
        for (const Index j : features)
            if (place(j) >= 0) is_kept[static_cast<std::size_t>(place(j))] = true;
        const std::vector<Index> before = std::exchange(features_, {});
        std::vector<Index> from;
        for (std::size_t l = 0; l < before.size(); ++l) {
            place_[static_cast<std::size_t>(before[l])] = -1;
            if (!is_kept[l]) continue;
            append(before[l]);
            from.push_back(static_cast<Index>(l));
        }
        for (Index l = 0; l < count(); ++l) {
            const Index old = from[static_cast<std::size_t>(l)];
            for (Index i = 0; i < count(); ++i) G_(i, l) = G_(from[static_cast<std::size_t>(i)], old);
            mean_[l] = mean_[old];
        }
    }
    void add(const Risk& risk, const std::vector<Index>& fresh) {
        const Index old = count(), more = static_cast<Index>(fresh.size());
        std::vector<Index> columns = fresh;
        columns.insert(columns.end(), features_.begin(), features_.end());
        const Design<S>& X = risk.sample().X;
        const bool copies_little = X.rows() * more <= 2'000'000;
        const Products sum = copies_little && X.storage().multiplies_columns(X.is_shifted())
                                 ? by_columns(risk.sample(), columns, more)
                                 : by_rows(risk.sample(), columns, more);
        make_room(old + more + risk.predictor().intercepts());
        const S& total = risk.sample().total_weight;
        for (Index l = 0; l < more; ++l) {
            for (Index i = l; i < more; ++i) G_(old + i, old + l) = G_(old + l, old + i) = sum.G(i, l) / total;
            for (Index i = 0; i < old; ++i) G_(i, old + l) = G_(old + l, i) = sum.G(more + i, l) / total;
            mean_[old + l] = sum.mean(l, 0) / total;
            append(fresh[static_cast<std::size_t>(l)]);
        }
    }
    // of the first `fresh` of these columns with all of them: block of rows by block of rows
    static Products by_rows(Sample<S> sample, const std::vector<Index>& columns, Index fresh) {
        const Index all = static_cast<Index>(columns.size());
        sample.X = select_columns(sample.X, columns);
        const RowWalk<S> walk(std::move(sample), linear_predictor<S>(all, 1, false));
        return walk.reduce(Products(all, fresh), [&](const EvaluatedRows<S>& rows, Products& part) {
            rows.block.dense();
            rows.block.add_weighted_gram(rows.s, part.G, 0, fresh);
            Matrix<S> sums = Matrix<S>::Zero(all, 1);
            rows.block.add_transposed_times(rows.s, sums);
            part.mean += sums.topRows(fresh);
        });
    }
    // The fresh ones are copied, times the weights, and meet all where these lie: 2000 x 10000, a path of 100 to a gap
    // of 1e-4 in 1.03 s; with blocks of rows of all of them copied it was 1.17.
    static Products by_columns(const Sample<S>& sample, const std::vector<Index>& columns, Index fresh) {
        const Index all = static_cast<Index>(columns.size()), each = 64;
        Sample<S> selected = sample;
        selected.X = select_columns(sample.X, {columns.begin(), columns.begin() + fresh});
        const RowWalk<S> walk(std::move(selected), linear_predictor<S>(fresh, 1, false));
        // as many columns as the kernels take at once, the last ones zero: one alone would take as long as four
        const Index several = detail::tile_columns, wide = (fresh + several - 1) / several * several;
        Matrix<S> weighted(sample.rows(), wide);
        weighted.rightCols(wide - fresh).setZero();
        Products out = walk.reduce(Products(0, fresh), [&](const EvaluatedRows<S>& rows, Products& part) {
            const auto X = rows.block.dense();
            auto here = weighted.middleRows(rows.block.first(), rows.count());
            for (Index l = 0; l < fresh; ++l) {
                for (Index i = 0; i < rows.count(); ++i) here(i, l) = rows.s[i] * X(i, l);
                part.mean(l, 0) += lane_sum<S>(rows.count(), [&](Index i) { return here(i, l); });
            }
        });
        out.G.resize(all, wide);
        sample.walker().for_each((all + each - 1) / each, [&](Index part, int) {
            const Index first = part * each, b = std::min(each, all - first);
            const std::span<const Index> some(columns.data() + first, static_cast<std::size_t>(b));
            sample.X.storage().transposed_times_columns(some, sample.X.shift(), weighted, out.G.middleRows(first, b));
            for (Index l = first; l < first + b; ++l)
                out.G.row(l) *= sample.X.coordinates().scale_of(columns[static_cast<std::size_t>(l)]);
        });
        return out;
    }
    void make_room(Index size) {
        if (size <= G_.rows()) return;
        Matrix<S> larger(size + size / 2, size + size / 2);
        larger.topLeftCorner(count(), count()) = G_.topLeftCorner(count(), count());
        G_ = std::move(larger);
        mean_.conservativeResize(G_.rows());
    }

    std::vector<Index> features_, place_;  // those that are there; where each feature is, or -1
    Matrix<S> G_;                          // of these and the intercept in its upper left corner
    Vector<S> mean_;
    Matrix<float> rounded_;  // G, of so many features
    Index rounded_count_ = 0;
};

/// A mean squared loss as the parabola that it is, about a point where value and gradient are known. Looks at H, and
/// at H in single precision where that is given, which is for who moves single coordinates.
template <Scalar S>
class Parabola {
public:
    Parabola(const ConstMatrixView<S>& H, const Matrix<float>* rounded, Vector<S> x, S value, Vector<S> gradient,
             Vector<S> gradient_scale)
        : H_(H),
          rounded_(rounded),
          x_(std::move(x)),
          gradient_(std::move(gradient)),
          scale_(std::move(gradient_scale)),
          value_(std::move(value)) {}

    bool has_constant_hessian() const { return true; }
    const Vector<S>& gradient_scale() const { return scale_; }
    S value_and_gradient(const Vector<S>& x, Vector<S>& gradient) const {
        const Vector<S> d = x - x_;
        gradient = product<S>(H_, d);
        const S square = dot(d, gradient);
        add_multiple(S(1), gradient_, gradient);
        return value_ + dot(gradient_, d) + square / 2;
    }
    void hessian(const Vector<S>&, Matrix<S>& H) const { H = H_; }
    const ConstMatrixView<S>& constant_hessian() const { return H_; }
    const Matrix<float>* rounded_hessian() const { return rounded_; }

private:
    ConstMatrixView<S> H_;
    const Matrix<float>* rounded_;
    Vector<S> x_, gradient_, scale_;
    S value_;
};

GRADUS_COMPILE(class GramCache<EmpiricalRisk<double>>)

}  // namespace gradus::detail
