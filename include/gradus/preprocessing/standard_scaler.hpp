#pragma once
// Columns of mean zero and standard deviation one.

#include <gradus/core/errors.hpp>
#include <gradus/core/types.hpp>
#include <gradus/data/sparse_storage.hpp>
#include <gradus/numeric/sums.hpp>

#include <Eigen/SparseCore>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace gradus {

struct StandardScalerOptions {
    bool center = true;  ///< off: columns are scaled and not shifted, so that zeros of a sparse matrix stay zeros
};

/// z_j = (x_j - mean_j) / deviation_j, with the divisor n; a constant column is shifted and not scaled.
///
///     StandardScaler<double> scaler;
///     model.fit(scaler.fit(X).transform(X), y);
///     model.predict(scaler.transform(X_new));
///
/// fit() takes weights too (w row counts w_i times). Sparse matrices stay sparse, and need center = false. O(n p), two
/// walks over X. Throws InvalidInput for sizes that disagree or an entry that is not finite.
template <std::floating_point S = double>
class StandardScaler {
public:
    using Scalar = S;
    static constexpr const char* kind = "standard scaler";

    StandardScaler() = default;
    explicit StandardScaler(StandardScalerOptions options) : options_(options) {}

    template <class X>
    StandardScaler& fit(const X& x) {
        return fit(x, Vector<S>(Vector<S>::Ones(x.rows())));
    }
    template <class X>
    StandardScaler& fit(const X& x, const Vector<S>& weights) {
        if (x.rows() == 0) reject(kind, ": X has no rows");
        if (weights.size() != x.rows()) reject(kind, ": ", weights.size(), " weights for ", x.rows(), " rows");
        Sum<S> total;
        for (Index i = 0; i < weights.size(); ++i) {
            if (!(weights[i] >= S(0)) || !std::isfinite(weights[i]))
                reject(kind, ": weight ", i, " is ", weights[i], ", but must be finite and >= 0");
            total.add(weights[i]);
        }
        if (!(total.value() > S(0))) reject(kind, ": all weights are zero");
        Vector<S> mean(x.cols()), deviation(x.cols());
        const auto measure_all = [&](const auto& by_columns) {
            for (Index j = 0; j < x.cols(); ++j) measure(by_columns, weights, total.value(), j, mean[j], deviation[j]);
        };
        if constexpr (SparseInMemory<X>) measure_all(Eigen::SparseMatrix<S>(x.template cast<S>()));
        else measure_all(x);
        mean_ = std::move(mean);
        deviation_ = std::move(deviation);
        return *this;
    }

    /// Dense for dense x, of its type for sparse x.
    template <class X>
    auto transform(const X& x) const {
        check(x);
        if constexpr (SparseInMemory<X>) {
            if (options_.center)
                reject(kind, ": to shift columns would fill a sparse matrix; StandardScaler{{.center = false}} scales");
            auto out = typename X::PlainObject(x);
            for (Index line = 0; line < out.outerSize(); ++line)
                for (typename X::PlainObject::InnerIterator entry(out, line); entry; ++entry)
                    entry.valueRef() /= static_cast<typename X::Scalar>(divisor(entry.col()));
            return out;
        } else {
            Matrix<S> out = x.template cast<S>();
            for (Index j = 0; j < out.cols(); ++j) {
                if (options_.center) out.col(j).array() -= mean_[j];
                out.col(j) /= divisor(j);
            }
            return out;
        }
    }
    /// x = z deviation + mean, of dense z.
    template <class Z>
    Matrix<S> inverse_transform(const Z& z) const {
        check(z);
        Matrix<S> out = z.template cast<S>();
        for (Index j = 0; j < out.cols(); ++j) {
            out.col(j) *= divisor(j);
            if (options_.center) out.col(j).array() += mean_[j];
        }
        return out;
    }

    const Vector<S>& mean() const { return mean_; }
    const Vector<S>& deviation() const { return deviation_; }  ///< 0: a constant column
    const StandardScalerOptions& options() const { return options_; }
    std::vector<std::string> names(const std::vector<std::string>& of) const { return of; }

    /// The state, for those who save it: archive(name, value) for each part.
    template <class Archive>
    void describe(Archive& archive) {
        archive("center", options_.center);
        archive("mean", mean_);
        archive("deviation", deviation_);
        if (mean_.size() != deviation_.size() || (deviation_.array() < S(0)).any())
            reject(kind, ": ", mean_.size(), " means and ", deviation_.size(), " deviations, which must be >= 0");
    }

private:
    S divisor(Index j) const { return deviation_[j] > S(0) ? deviation_[j] : S(1); }

    template <class X>
    void check(const X& x) const {
        if (x.cols() != mean_.size())
            reject(kind, ": X has ", x.cols(), " columns, the scaler was fitted to ", mean_.size());
    }

    // use(value, weight) for each entry of column j that is stored; the sum of their weights
    template <class X, class Use>
    static void for_each_entry(const X& x, const Vector<S>& weights, Index j, Use&& use) {
        if constexpr (SparseInMemory<X>) {
            for (typename X::InnerIterator entry(x, j); entry; ++entry)
                use(entry.value(), weights[entry.row()], entry.row());
        } else {
            for (Index i = 0; i < x.rows(); ++i) use(static_cast<S>(x(i, j)), weights[i], i);
        }
    }
    // in units of the largest entry, whose square may be out of range
    template <class X>
    static void measure(const X& x, const Vector<S>& weights, const S& total, Index j, S& mean, S& deviation) {
        S largest(0);
        for_each_entry(x, weights, j, [&](const S& value, const S& s, Index i) {
            if (!std::isfinite(value)) reject(kind, ": X has ", value, " in row ", i, ", column ", j);
            if (s > S(0)) largest = std::max(largest, std::abs(value));
        });
        mean = deviation = S(0);
        if (largest == S(0)) return;
        Sum<S> sum, stored, squares;
        for_each_entry(x, weights, j, [&](const S& value, const S& s, Index) { sum.add(s * (value / largest)); });
        const S centre = sum.value() / total;
        bool is_constant = true;
        S first(0);
        bool is_first = true;
        for_each_entry(x, weights, j, [&](const S& value, const S& s, Index) {
            if (!(s > S(0))) return;
            if (std::exchange(is_first, false)) first = value;
            is_constant = is_constant && value == first;
            const S d = value / largest - centre;
            squares.add(s * d * d);
            stored.add(s);
        });
        const S rest = std::max(S(0), S(total - stored.value()));  // of the zeros that a sparse matrix does not store
        is_constant = is_constant && !(rest > S(8) * epsilon<S> * total);
        mean = is_constant ? first : centre * largest;
        deviation = is_constant ? S(0) : std::sqrt((squares.value() + rest * centre * centre) / total) * largest;
    }

    StandardScalerOptions options_;
    Vector<S> mean_, deviation_;
};

}  // namespace gradus
