#pragma once
// Categories as columns of zeros and ones.

#include <gradus/data/labels.hpp>
#include <gradus/data/observations.hpp>

#include <Eigen/SparseCore>
#include <map>

namespace gradus {

struct CodingOptions {
    bool drop_first = true;  ///< treatment coding against the first level; off: one column for each (one-hot)
};

/// Column c is 1 in the rows of level c + 1 (with drop_first; else of level c), 0 in others: R's contr.treatment.
///
///     TreatmentCoding<std::string> colours;
///     Eigen::SparseMatrix<double> D = colours.fit(labels).transform(labels);    // n x (K - 1)
///     colours.levels();  colours.names("colour");                                // "colour[green]", ...
///
/// Levels are sorted, or in the order that is given. transform() throws InvalidInput naming the row of a label that
/// fit() did not meet. O(n log K).
template <std::totally_ordered Label = int>
class TreatmentCoding {
public:
    static constexpr const char* kind = "treatment coding";

    TreatmentCoding() = default;
    explicit TreatmentCoding(CodingOptions options) : options_(options) {}

    template <class Labels>
    TreatmentCoding& fit(const Labels& labels) {
        Classes<Label> levels;
        for (Index i = 0; i < row_count(labels); ++i) levels.push_back(detail::as_label<Label>(entry(labels, i), i));
        if (levels.empty()) reject(kind, ": there are no labels");
        std::sort(levels.begin(), levels.end());
        levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
        levels_ = std::move(levels);
        return *this;
    }
    /// These levels, in this order.
    TreatmentCoding& take_levels(Classes<Label> levels) {
        static_cast<void>(detail::LabelSearch<Label>(levels));  // throws for a level that is there twice
        if (levels.empty()) reject(kind, ": there are no levels");
        levels_ = std::move(levels);
        return *this;
    }

    template <class Labels>
    Eigen::SparseMatrix<double> transform(const Labels& labels) const {
        const detail::LabelSearch<Label> search(levels_);
        std::vector<Eigen::Triplet<double>> ones;
        for (Index i = 0; i < row_count(labels); ++i) {
            const auto& label = entry(labels, i);
            const Index code = search.code(detail::as_label<Label>(label, i));
            if (code < 0)
                reject(kind, ": the label in row ", i, " (", detail::quoted(Label(label)), ") is none of the ",
                       levels_.size(), " levels");
            if (code >= options_.drop_first)
                ones.emplace_back(static_cast<int>(i), static_cast<int>(code - options_.drop_first), 1.0);
        }
        Eigen::SparseMatrix<double> out(row_count(labels), columns());
        out.setFromTriplets(ones.begin(), ones.end());
        return out;
    }

    Index columns() const { return static_cast<Index>(levels_.size()) - options_.drop_first; }
    const Classes<Label>& levels() const { return levels_; }
    const CodingOptions& options() const { return options_; }
    std::vector<std::string> names(const std::string& of) const {
        std::vector<std::string> out;
        for (std::size_t c = options_.drop_first; c < levels_.size(); ++c) {
            const std::string level = detail::quoted(levels_[c]);
            out.push_back(of + "[" + (level.front() == '\'' ? level.substr(1, level.size() - 2) : level) + "]");
        }
        return out;
    }

    template <class Archive>
    void describe(Archive& archive) {
        Classes<Label> levels = levels_;
        archive("drop_first", options_.drop_first);
        archive("levels", levels);
        take_levels(std::move(levels));
    }

private:
    CodingOptions options_;
    Classes<Label> levels_;
};

/// "Balanced" weights: row i gets n / (K n_k), n_k the number of rows of its class, so that all K classes weigh the
/// same and the weights sum to n. O(n log K).
template <class Labels>
Eigen::VectorXd balanced_weights(const Labels& labels) {
    using Label = std::remove_cvref_t<decltype(entry(labels, 0))>;
    const Index n = row_count(labels);
    std::map<Label, Index> count;
    for (Index i = 0; i < n; ++i) ++count[entry(labels, i)];
    Eigen::VectorXd out(n);
    for (Index i = 0; i < n; ++i)
        out[i] =
            static_cast<double>(n) / (static_cast<double>(count.size()) * static_cast<double>(count[entry(labels, i)]));
    return out;
}

}  // namespace gradus
