// What fits.py times of gradus: reads its data, fits with the default solver, prints the seconds of the processor and
// writes the coefficients.
//
// usage: peer_fits squares|logistic|softmax|sparse FOLDER LAMBDA

#include "files.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/penalties/ridge.hpp>

#include <Eigen/SparseCore>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>

using namespace gradus;

namespace {

/// Fits, prints the seconds, and writes coefficients and intercepts.
template <class Model, class X, class Y>
void run(Model model, const X& x, const Y& y, const std::string& folder) {
    const std::clock_t start = std::clock();
    const FitReport report = model.fit(x, y);
    std::printf("%.6f %s\n", static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, report.solver.c_str());
    const Matrix<double> W = model.coefficients();
    Vector<double> b(W.cols());
    if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(model.intercept())>>) b[0] = model.intercept();
    else b = model.intercept();
    std::ofstream file(folder + "W", std::ios::binary);
    write(file, W.data(), W.size());
    write(file, b.data(), b.size());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return std::fprintf(stderr, "usage: peer_fits squares|logistic|softmax|sparse FOLDER LAMBDA\n"), 2;
    const std::string kind = argv[1], folder = std::string(argv[2]) + "/";
    const auto shape = read<std::int64_t>(folder + "shape");
    const Index n = shape[0], p = shape[1];
    const auto values = read<double>(folder + "X"), targets = read<double>(folder + "y");
    const Eigen::Map<const Eigen::VectorXd> y(targets.data(), n);
    const Eigen::VectorXi labels = y.cast<int>();
    const LogisticRegression<double, Ridge> shrunk{{.penalty = {.lambda = std::atof(argv[3])}}};
    if (kind == "sparse") {
        const auto inner = read<int>(folder + "inner"), outer = read<int>(folder + "outer");
        run(shrunk,
            Eigen::Map<const Eigen::SparseMatrix<double, Eigen::RowMajor>>(n, p, static_cast<Index>(values.size()),
                                                                           outer.data(), inner.data(), values.data()),
            labels, folder);
        return 0;
    }
    const Eigen::Map<const Eigen::MatrixXd> X(values.data(), n, p);
    if (kind == "squares") run(LinearRegression<double>(), X, y, folder);
    else if (std::atof(argv[3]) > 0) run(shrunk, X, labels, folder);
    else run(LogisticRegression<double>(), X, labels, folder);
}
