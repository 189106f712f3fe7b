// What lasso.py times of gradus: reads its data, fits, prints the seconds of the processor and writes the coefficients.
//
// usage: peer_lasso path|logistic FOLDER TOLERANCE

#include "files.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/path.hpp>
#include <gradus/penalties/lasso.hpp>

#include <Eigen/SparseCore>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>

using namespace gradus;

namespace {

void write(const std::string& path, const Matrix<double>& W) {
    std::ofstream file(path, std::ios::binary);
    ::write(file, W.data(), W.size());
}

template <class F>
double seconds(F&& f) {
    const std::clock_t start = std::clock();
    f();
    return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return std::fprintf(stderr, "usage: peer_lasso path|logistic FOLDER TOLERANCE\n"), 2;
    const std::string folder = std::string(argv[2]) + "/";
    const CoordinateDescent solver{.tolerance = std::atof(argv[3]), .refines = false};
    const auto shape = read<std::int64_t>(folder + "shape");
    const Index n = shape[0], p = shape[1];
    const auto lambdas = read<double>(folder + "lambdas");
    if (argv[1] == std::string("path")) {
        const auto X = read<double>(folder + "X"), y = read<double>(folder + "y");
        const LinearRegression<double, Lasso> model{{.fit_intercept = false}};
        Path<LinearRegression<double, Lasso>> path;
        std::printf("%.6f\n", seconds([&] {
                        path = fit_path(model, Eigen::Map<const Eigen::MatrixXd>(X.data(), n, p),
                                        Eigen::Map<const Eigen::VectorXd>(y.data(), n),
                                        {.lambdas = lambdas, .solver = solver});
                    }));
        Matrix<double> W(p, path.size());
        for (Index i = 0; i < path.size(); ++i) W.col(i) = path.coefficients(i);
        write(folder + "W", W);
    } else {
        const auto values = read<double>(folder + "values"), y = read<double>(folder + "y");
        const auto inner = read<int>(folder + "inner"), outer = read<int>(folder + "outer");
        const Eigen::Map<const Eigen::SparseMatrix<double>> X(n, p, static_cast<Index>(values.size()), outer.data(),
                                                              inner.data(), values.data());
        LogisticRegression<double, Lasso> model{{.penalty = {.lambda = lambdas[0]}, .fit_intercept = false}};
        const Eigen::VectorXi labels = Eigen::Map<const Eigen::VectorXd>(y.data(), n).cast<int>();
        std::printf("%.6f\n", seconds([&] { model.fit(X, labels, solver); }));
        write(folder + "W", model.coefficients());
    }
}
