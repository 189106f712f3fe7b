#pragma once
// Products of columns with each other, computed once for a whole path.

#include <gradus/models/feature_subset.hpp>

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

    /// The Hessian in these features, in their order, and the intercept.
    GRADUS_ONCE Matrix<S> hessian(const Risk& risk, const std::vector<Index>& features) {
        add_missing(risk, features);
        const Index s = static_cast<Index>(features.size()), r = risk.predictor().intercepts();
        Matrix<S> H(s + r, s + r);
        for (Index l = 0; l < s; ++l) {
            const S* column = G_.data() + place(features[static_cast<std::size_t>(l)]) * G_.rows();
            for (Index i = 0; i < s; ++i) H(i, l) = column[place(features[static_cast<std::size_t>(i)])];
            for (Index c = 0; c < r; ++c)
                H(s + c, l) = H(l, s + c) = mean_[place(features[static_cast<std::size_t>(l)])];
        }
        for (Index c = 0; c < r; ++c) H(s + c, s + c) = S(1);
        return H;
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

    Index place(Index feature) const { return place_[static_cast<std::size_t>(feature)]; }

    void add_missing(const Risk& risk, const std::vector<Index>& features) {
        if (place_.empty()) place_.assign(static_cast<std::size_t>(risk.predictor().features()), -1);
        std::vector<Index> fresh;
        for (const Index j : features)
            if (place(j) < 0) fresh.push_back(j);
        if (fresh.empty()) return;
        // what is not asked for any more is forgotten when it is more than what is
        if (features_.size() + fresh.size() > 2 * features.size() + 1000) forget(), fresh = features;
        const Index old = static_cast<Index>(features_.size()), more = static_cast<Index>(fresh.size());
        std::vector<Index> columns = fresh;
        columns.insert(columns.end(), features_.begin(), features_.end());
        Sample<S> sample = risk.sample();
        sample.X = select_columns(sample.X, columns);
        const RowWalk<S> walk(std::move(sample), linear_predictor<S>(old + more, 1, false));
        const Products sum = walk.reduce(Products(old + more, more), [&](const EvaluatedRows<S>& rows, Products& part) {
            rows.block.dense();
            rows.block.add_weighted_gram(rows.s, part.G, 0, more);
            Matrix<S> all = Matrix<S>::Zero(old + more, 1);
            rows.block.add_transposed_times(rows.s, all);
            part.mean += all.topRows(more);
        });
        place_new(fresh, sum, risk.sample().total_weight);
    }
    void place_new(const std::vector<Index>& fresh, const Products& sum, const S& total) {
        const Index old = static_cast<Index>(features_.size()), more = static_cast<Index>(fresh.size());
        if (old + more > G_.rows()) {
            Matrix<S> larger(2 * (old + more), 2 * (old + more));
            larger.topLeftCorner(old, old) = G_.topLeftCorner(old, old);
            G_ = std::move(larger);
        }
        mean_.conservativeResize(old + more);
        for (Index l = 0; l < more; ++l) {
            for (Index i = l; i < more; ++i) G_(old + i, old + l) = G_(old + l, old + i) = sum.G(i, l) / total;
            for (Index i = 0; i < old; ++i) G_(i, old + l) = G_(old + l, i) = sum.G(more + i, l) / total;
            mean_[old + l] = sum.mean(l, 0) / total;
            place_[static_cast<std::size_t>(fresh[static_cast<std::size_t>(l)])] = old + l;
            features_.push_back(fresh[static_cast<std::size_t>(l)]);
        }
    }
    void forget() {
        for (const Index j : features_) place_[static_cast<std::size_t>(j)] = -1;
        features_.clear();
        G_.resize(0, 0);
        mean_.resize(0);
    }

    std::vector<Index> features_, place_;  // those that are there; where each feature is, or -1
    Matrix<S> G_;
    Vector<S> mean_;
};

/// A mean squared loss as the parabola that it is, about a point where value and gradient are known.
template <Scalar S>
class Parabola {
public:
    Parabola(Matrix<S> H, Vector<S> x, S value, Vector<S> gradient, Vector<S> gradient_scale)
        : H_(std::move(H)),
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
    const Matrix<S>& constant_hessian() const { return H_; }

private:
    Matrix<S> H_;
    Vector<S> x_, gradient_, scale_;
    S value_;
};

}  // namespace gradus::detail
