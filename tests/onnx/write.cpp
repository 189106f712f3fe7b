// Writes a model of every kind into the folder that is named, as an ONNX graph, with rows and what the library
// predicts.

#include <gradus/io/onnx.hpp>

#include <iostream>
#include <support/every_model.hpp>

using namespace gradus;

namespace {

template <class S>
void write_table(const std::string& path, const Matrix<S>& of) {
    std::ofstream out(path);
    out.precision(std::numeric_limits<S>::max_digits10);
    for (Index i = 0; i < of.rows(); ++i) {
        for (Index j = 0; j < of.cols(); ++j) out << of(i, j) << ' ';
        out << '\n';
    }
}

/// Rows of every size up to the model's own: linear predictors from none to some hundreds.
template <class S>
Matrix<S> any_rows(Index features) {
    Random random(3);
    Matrix<S> X(40, features);
    for (Index i = 0; i < X.rows(); ++i) {
        const double scale = std::pow(10.0, random.uniform(-3, 2));
        for (Index j = 0; j < features; ++j) X(i, j) = S(scale * random.normal());
    }
    return X;
}

/// What each row's prediction may be off by is eps times this, beside the rounding of the function after the sums.
template <class Model, class S>
Matrix<S> magnitudes(const Model& model, const Matrix<S>& X, const Matrix<S>& predicted) {
    const auto parts = detail::parts_of(model);
    Matrix<S> sums = X.cwiseAbs() * parts.W.cwiseAbs();
    const Vector<S> largest = sums.rowwise().maxCoeff().array() + parts.b.cwiseAbs().maxCoeff();
    Matrix<S> out = largest.replicate(1, predicted.cols());
    // a probability or a mean moves by itself times the error of its linear predictor, and is rounded itself; runtimes
    // may take for zero what is below the least normal number
    const bool is_linear = !detail::HasClasses<Model> && std::string(Model::kind()) != "Poisson regression";
    const S least = std::numeric_limits<S>::min() / std::numeric_limits<S>::epsilon();
    if (!is_linear) out = (out.array() + S(1)) * (predicted.array() + least);
    return out;
}

template <class Model>
void write_one(const Model& model, const std::string& path) {
    using S = typename Model::Scalar;
    const Matrix<S> X = any_rows<S>(detail::parts_of(model).features());
    Matrix<S> predicted;
    if constexpr (detail::HasClasses<Model>) {
        predicted = model.predict_probability(X);
        std::ofstream labels(path + ".labels", std::ios::binary);
        for (const auto& label : model.predict(X)) labels << label << '\0';
    } else predicted = model.predict(X);
    write_onnx(model, path + ".onnx");
    write_table<S>(path + ".rows", X);
    write_table<S>(path + ".expected", predicted);
    write_table<S>(path + ".magnitude", magnitudes<Model, S>(model, X, predicted));
}

template <class S>
void write_all(const std::string& folder, const std::string& of) {
    test::for_each_kind_of_model<S>([&]<class Model>(const Model& model, const std::string& name) {
        if constexpr (!test::has_probit<Model>()) write_one(model, folder + "/" + name + "_" + of);
    });
}

}  // namespace

int main(int, char** argv) try {
    write_all<float>(argv[1], "float");
    write_all<double>(argv[1], "double");
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
