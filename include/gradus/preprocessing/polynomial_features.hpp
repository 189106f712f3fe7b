#pragma once
// Powers and products of columns.

#include <gradus/core/errors.hpp>
#include <gradus/core/types.hpp>

#include <string>
#include <vector>

namespace gradus {

struct PolynomialOptions {
    int degree = 2;
    bool interactions_only = false;  ///< no factor twice
};

/// All products of at most `degree` columns, without the constant: x0, x1, x0^2, x0 x1, x1^2 for two columns and degree
/// two; by degree, then from left to right.
///
///     PolynomialFeatures<double> cubic{{.degree = 3}};
///     model.fit(cubic.fit(X).transform(X), y);   cubic.names({"age", "dose"});   // "age", "dose", "age^2", "age
///     dose", ...
///
/// (p + d)! / (p! d!) - 1 columns. Each is one product of a column before it: O(n) a column. Throws InvalidInput where
/// they would be more than 10^6, or X has other columns than in fit().
template <std::floating_point S = double>
class PolynomialFeatures {
public:
    using Scalar = S;
    static constexpr const char* kind = "polynomial features";

    PolynomialFeatures() = default;
    explicit PolynomialFeatures(PolynomialOptions options) : options_(options) {}

    template <class X>
    PolynomialFeatures& fit(const X& x) {
        set_columns(x.cols());
        return *this;
    }
    template <class X>
    Matrix<S> transform(const X& x) const {
        if (x.cols() != columns_) reject(kind, ": X has ", x.cols(), " columns, expected ", columns_);
        Matrix<S> out(x.rows(), static_cast<Index>(products_.size()));
        for (std::size_t c = 0; c < products_.size(); ++c) {
            const auto& [before, factor] = products_[c];
            const auto column = static_cast<Index>(c);
            out.col(column) = x.col(factor).template cast<S>();
            if (before >= 0) out.col(column).array() *= out.col(before).array();
        }
        return out;
    }
    /// Of the new columns, from those of the old ones.
    std::vector<std::string> names(std::vector<std::string> of) const {
        for (Index j = static_cast<Index>(of.size()); j < columns_; ++j) of.push_back(text("x", j));
        std::vector<std::string> out;
        for (std::size_t c = 0; c < products_.size(); ++c) out.push_back(name_of(static_cast<Index>(c), of));
        return out;
    }
    const PolynomialOptions& options() const { return options_; }

    template <class Archive>
    void describe(Archive& archive) {
        Index columns = columns_;
        archive("degree", options_.degree);
        archive("interactions_only", options_.interactions_only);
        archive("columns", columns);
        set_columns(columns);
    }

private:
    /// A column is that of a product before it (or none, -1) times a factor.
    struct Product {
        Index before, factor;
    };

    void set_columns(Index columns) {
        if (options_.degree < 1) reject(kind, ": degree ", options_.degree, ", but must be at least 1");
        if (columns < 0) reject(kind, ": ", columns, " columns");
        constexpr std::size_t most = 1'000'000;
        std::vector<Product> products;
        std::size_t begin = 0;
        for (int d = 1; d <= options_.degree; ++d) {
            const std::size_t end = products.size();
            for (std::size_t b = begin; b < end || (d == 1 && b == 0); ++b) {
                const Index least = d == 1 ? 0 : products[b].factor + options_.interactions_only;
                for (Index j = least; j < columns; ++j) {
                    if (products.size() == most) reject(kind, ": more than ", most, " columns");
                    products.push_back({d == 1 ? Index(-1) : static_cast<Index>(b), j});
                }
                if (d == 1) break;
            }
            if (end == products.size()) break;  // products of more factors than there are columns
            begin = end;
        }
        products_ = std::move(products);
        columns_ = columns;
    }
    // "age^2 dose"
    std::string name_of(Index c, const std::vector<std::string>& of) const {
        std::string out;
        for (Index power = 1; c >= 0; ++power) {
            const auto& [before, factor] = products_[static_cast<std::size_t>(c)];
            const bool goes_on = before >= 0 && products_[static_cast<std::size_t>(before)].factor == factor;
            c = before;
            if (goes_on) continue;
            const std::string& name = of[static_cast<std::size_t>(factor)];
            out = (power > 1 ? text(name, "^", power) : name) + (out.empty() ? "" : " " + out);
            power = 0;
        }
        return out;
    }

    PolynomialOptions options_;
    Index columns_ = 0;
    std::vector<Product> products_;
};

}  // namespace gradus
