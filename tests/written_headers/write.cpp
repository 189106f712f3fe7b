// Writes headers of models of every kind into the folder that is named.

#include <gradus/io/header.hpp>
#include <gradus/models/firth_logistic_regression.hpp>
#include <gradus/models/huber_regression.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/models/poisson_regression.hpp>

#include <iostream>
#include <string>

using namespace gradus;

namespace {

template <class S>
Matrix<S> any_matrix(Index rows, Index columns) {
    Random random(7);
    return Matrix<S>::NullaryExpr(rows, columns, [&] { return S(random.normal()) / S(3); });
}

template <class S>
void write_all(const std::string& folder, const std::string& of) {
    const auto write = [&](const auto& model, const std::string& name) {
        write_header(model, folder + "/" + name + "_" + of + ".hpp", "models::" + name + "_" + of);
    };
    const Matrix<S> W = any_matrix<S>(5, 3), w = W.leftCols(1), none(0, 1);
    const Vector<S> b = W.row(2).transpose(), thresholds = Vector<S>::LinSpaced(3, S(-1), S(2));
    const std::vector<std::string> names = {"age", "a \"quoted\" one",
                                            "gr\xc3\xb6\xc3\x9f"
                                            "e\n",
                                            "what?\?/", "\\"};
    write(LinearRegression<S>::from_parameters(w, b[0], {.feature_names = names}), "linear");
    write(LinearRegression<S>::from_parameters(w * S(1e-20), b[0] * S(1e-25)), "small");
    write(LinearRegression<S>::from_parameters(none, b[0]), "constant");
    write(HuberRegression<S>::from_parameters(w, b[0]), "huber");
    write(MultivariateRegression<S>::from_parameters(W, b), "multivariate");
    write(PoissonRegression<S>::from_parameters(w, b[0]), "poisson");
    write(LogisticRegression<S>::from_parameters(w * S(-30), b.head(1), {std::numeric_limits<int>::min(), 1}),
          "binary");
    write(FirthLogisticRegression<S>::from_parameters(w, b.head(1), {0, 1}), "firth");
    write(LogisticRegression<S, NoPenalty, std::string>::from_parameters(W, b, {"x", "\"y\"", "z\t"}), "multinomial");
    write(OrdinalRegression<S, NoPenalty, double>::from_parameters(w, thresholds, {0.1, 1, 2, 3}), "logit");
    write(OrdinalRegression<S, NoPenalty, int, Probit>::from_parameters(w, thresholds, {0, 1, 2, 3}), "probit");
    write(OrdinalRegression<S, NoPenalty, bool, ComplementaryLogLog>::from_parameters(w, b.head(1), {false, true}),
          "cloglog");
}

}  // namespace

int main(int, char** argv) try {
    write_all<float>(argv[1], "float");
    write_all<double>(argv[1], "double");
    for (const char* name : {"", "1st", "a b", "a::", "::a", "a:b", "a-b"}) {
        try {
            write_header(LinearRegression<double>::from_parameters(Vector<double>::Ones(1), 0),
                         std::string(argv[1]) + "/bad.hpp", name);
            std::cerr << "the namespace '" << name << "' was accepted\n";
            return 1;
        } catch (const std::invalid_argument&) {}
    }
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
