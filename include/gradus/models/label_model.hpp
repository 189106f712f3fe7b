#pragma once
// What models of labels share: classes, the most probable one, accuracy.

#include <gradus/models/model.hpp>

#include <type_traits>

namespace gradus {

namespace detail {

template <class Label>
std::string label_name(const Label& label) {
    if constexpr (std::is_arithmetic_v<Label>) return text(label);
    else if constexpr (std::is_convertible_v<Label, std::string>) return std::string(label);
    else return "(a label that cannot be printed)";
}
template <class Label>
std::vector<std::string> label_names(const Classes<Label>& classes) {
    std::vector<std::string> out;
    for (const Label& label : classes) out.push_back(label_name(label));
    return out;
}

/// Weights of n rows, or ones.
template <Scalar S, class Data>
Vector<S> weights_of_rows(const Data& data, Index n) {
    if constexpr (Data::has_weights) {
        const Values<S> weights = values_of<S>(data.weights_part());
        if (weights.rows() != n || weights.columns() != 1)
            reject("weights: ", weights.rows(), " x ", weights.columns(), " entries for ", n, " rows");
        return weights.all().col(0);
    } else {
        return Vector<S>::Ones(n);
    }
}

}  // namespace detail

/// Traits have Label, and Labels = Classes<Label>. The model has function_of_eta(x, f), f of eta, n x k, each row by
/// itself, and offset_columns(), the width of an offset in Observations.
template <class Model, class Traits>
class LabelModel : public ModelBase<Model, Traits> {
    using Base = ModelBase<Model, Traits>;

public:
    using S = typename Base::S;
    using Label = typename Traits::Label;
    /// An Eigen vector of int, a std::vector of any other label.
    using LabelVector = std::conditional_t<std::is_same_v<Label, int>, Eigen::VectorXi, std::vector<Label>>;

    /// Sorted, or in the order that the options give.
    const Classes<Label>& classes() const { return this->labels(); }

    /// n x K, columns as in classes(), rows sum to one. No difference is taken: small probabilities keep their digits.
    template <class X>
    Matrix<S> predict_probability(const X& x) const {
        return model().function_of_eta(x, [&](const Matrix<S>& eta) { return this->family().means(eta); });
    }

    /// The most probable class of each row; of equally probable ones the first.
    template <class X>
    LabelVector predict(const X& x) const {
        return labels_of(eta(x));
    }
    /// The same for a single row, without heap where a label needs none.
    template <class X>
    Label predict_one(const X& x) const {
        this->check_row(x);
        return classes()[static_cast<std::size_t>(model().code_one(x))];
    }

    /// Share of rows whose class is predicted, weighted, the offset counting; with trials the share of single outcomes.
    template <class X, class Y>
    S score(const X& x, const Y& y) const {
        return score(Observations(x, y));
    }
    template <class... Parts>
    S score(const Observations<Parts...>& data) const {
        using Data = Observations<Parts...>;
        Matrix<S> at = eta(data.X_part());
        const Index n = at.rows();
        if constexpr (!Data::has_trials) check_label_column(data.y_part());
        if (row_count(data.y_part()) != n) reject("X has ", n, " rows, y has ", row_count(data.y_part()));
        if constexpr (Data::has_offset) model().add_offset(values_of<S>(data.offset_part()), at);
        const Vector<S> s = detail::weights_of_rows<S>(data, n);
        Sum<S> right, all;
        for (Index i = 0; i < n; ++i) {
            const Index code = this->family().class_of(at, i);
            if constexpr (Data::has_trials) model().count_outcomes(data, i, code, s[i], right, all);
            else {
                all.add(s[i]);
                if (detail::as_label<Label>(entry(data.y_part(), i), i) == classes()[static_cast<std::size_t>(code)])
                    right.add(s[i]);
            }
        }
        return right.value() / all.value();
    }

protected:
    using Base::Base;

    template <class X>
    Matrix<S> eta(const X& x) const {
        return model().function_of_eta(x, [](const Matrix<S>& at) { return at; });
    }
    LabelVector labels_of(const Matrix<S>& at) const {
        std::vector<Label> out;
        out.reserve(static_cast<std::size_t>(at.rows()));
        for (Index i = 0; i < at.rows(); ++i)
            out.push_back(classes()[static_cast<std::size_t>(this->family().class_of(at, i))]);
        if constexpr (std::is_same_v<Label, int>) return Eigen::Map<const Eigen::VectorXi>(out.data(), at.rows());
        else return out;
    }

private:
    const Model& model() const { return static_cast<const Model&>(*this); }
};

}  // namespace gradus
