#pragma once
// Class labels and their codes 0, ..., K-1.

#include <gradus/core/errors.hpp>
#include <gradus/core/types.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace gradus {

/// Labels in the order of their codes.
template <class Label>
using Classes = std::vector<Label>;

/// Entry i of an Eigen vector or a std::vector.
template <class Y>
decltype(auto) entry(const Y& y, Index i) {
    if constexpr (requires { y.coeff(i); }) return y.coeff(i);
    else return y[static_cast<std::size_t>(i)];
}

namespace detail {

template <class Label>
std::string quoted(const Label& label) {
    if constexpr (std::is_arithmetic_v<Label>) return text(label);
    else if constexpr (std::is_convertible_v<Label, std::string>) return text("'", std::string(label), "'");
    else return "(a label that cannot be printed)";
}

// one entry of y as a Label; a number with a fraction is not taken for an integer
template <class Label, class T>
Label as_label(const T& value, Index row) {
    if constexpr (std::is_integral_v<Label> && std::is_floating_point_v<T>) {
        const auto whole = static_cast<long double>(value);
        if (!(std::floor(whole) == whole)) reject("label ", value, " in row ", row, " is not a whole number");
        if (whole < static_cast<long double>(std::numeric_limits<Label>::lowest()) ||
            whole > static_cast<long double>(std::numeric_limits<Label>::max()))
            reject("label ", value, " in row ", row, " does not fit the label type");
        return static_cast<Label>(value);
    } else if constexpr (std::is_floating_point_v<Label>) {
        if (!std::isfinite(value)) reject("label ", value, " in row ", row, " is not finite");
        return static_cast<Label>(value);
    } else if constexpr (std::is_integral_v<Label> && std::is_integral_v<T>) {
        const Label label = static_cast<Label>(value);
        if (static_cast<T>(label) != value || (label < Label(0)) != (value < T(0)))
            reject("label ", value, " in row ", row, " does not fit the label type");
        return label;
    } else if constexpr (std::is_constructible_v<Label, const T&>) {
        return Label(value);
    } else {
        static_assert(std::is_constructible_v<Label, const T&>,
                      "gradus: these labels are not of the model's label type, which is int unless it is named: "
                      "LogisticRegression<double, NoPenalty, std::string>");
    }
}

/// The code of a label, by bisection.
template <class Label>
class LabelSearch {
public:
    explicit LabelSearch(const Classes<Label>& classes) {
        for (const Label& label : classes) {
            if (code(label) >= 0) reject("classes: a label is listed twice");
            add(label, static_cast<Index>(sorted_.size()));
        }
    }
    std::size_t size() const { return sorted_.size(); }
    /// -1: unknown.
    Index code(const Label& label) const {
        const auto at = place(label);
        return at != sorted_.end() && !(label < at->first) ? at->second : -1;
    }
    void add(const Label& label, Index code) { sorted_.emplace(place(label), label, code); }
    /// Labels get codes in their order; the labels.
    Classes<Label> number() {
        Classes<Label> out;
        for (auto& [label, code] : sorted_) code = static_cast<Index>(out.size()), out.push_back(label);
        return out;
    }

private:
    auto place(const Label& label) const {
        return std::lower_bound(sorted_.begin(), sorted_.end(), label,
                                [](const auto& one, const Label& other) { return one.first < other; });
    }
    std::vector<std::pair<Label, Index>> sorted_;
};

template <class Label, class Y, class Weight>
LabelSearch<Label> find_classes(const Y& y, Index n, Classes<Label>& classes, Weight&& weight) {
    const bool given = !classes.empty();
    LabelSearch<Label> found(classes);
    for (Index i = 0; i < n; ++i) {
        const Label label = as_label<Label>(entry(y, i), i);
        if (found.code(label) >= 0 || !weight(i)) continue;
        if (given)
            reject("label ", detail::quoted(label), " in row ", i, " is not among the ", found.size(),
                   " classes given");
        found.add(label, 0);
    }
    if (!given) classes = found.number();
    if (classes.size() < 2) {
        if (classes.empty()) reject("no rows with positive weight: there is no class to learn");
        reject("single class: every row has label ", detail::quoted(classes[0]),
               "; at least two classes are needed, and the estimate would be infinite");
    }
    return found;
}

}  // namespace detail

/// Finds the classes of y, sorted, unless `classes` gives them (then another label is an error, and a class without
/// rows too), and returns the codes of the n rows. Rows of weight zero neither bring a class into being nor need one.
/// Throws InvalidInput for fewer than two classes. O(n log K).
template <class Code, class Label, class Y, class Weight>
GRADUS_ONCE Eigen::Matrix<Code, Eigen::Dynamic, 1> encode_labels(const Y& y, Index n, Classes<Label>& classes,
                                                                 Weight&& weight) {
    const detail::LabelSearch<Label> found = detail::find_classes(y, n, classes, weight);
    Eigen::Matrix<Code, Eigen::Dynamic, 1> codes(n);
    std::vector<bool> seen(classes.size(), false);
    for (Index i = 0; i < n; ++i) {
        // an unknown label has weight zero: any code does
        const Index k = std::max<Index>(found.code(detail::as_label<Label>(entry(y, i), i)), 0);
        codes[i] = static_cast<Code>(k);
        if (weight(i)) seen[static_cast<std::size_t>(k)] = true;
    }
    for (std::size_t k = 0; k < classes.size(); ++k)
        if (!seen[k]) reject("class ", detail::quoted(classes[k]), " has no row with positive weight");
    return codes;
}

}  // namespace gradus
