// The first steps, on real data: least squares, two classes, three classes, and what happens where no finite answer
// exists. Needs Eigen and the standard library alone. Run it in examples/, in the folder above, or name the data
// folder.

#include <gradus/gradus.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

struct Table {
    std::vector<std::string> names, target;  // the last column is the target
    Eigen::MatrixXd X;
};

Table read_csv(const std::string& path) {
    std::ifstream file(path);
    if (!file) std::exit((std::cerr << "quickstart: cannot read " << path << '\n', 1));
    Table table;
    std::vector<double> numbers;
    std::string cell;
    for (std::string line; std::getline(file, line);) {
        std::vector<std::string> cells;
        for (std::istringstream row(line); std::getline(row, cell, ',');) cells.push_back(cell);
        const bool is_header = table.names.empty();
        if (!is_header) table.target.push_back(cells.back());
        cells.pop_back();
        if (is_header) table.names = cells;
        else
            std::transform(cells.begin(), cells.end(), std::back_inserter(numbers),
                           [](auto& c) { return std::stod(c); });
    }
    const auto n = static_cast<Eigen::Index>(table.target.size()), p = static_cast<Eigen::Index>(table.names.size());
    table.X = Eigen::Map<Eigen::MatrixXd>(numbers.data(), p, n).transpose();
    return table;
}

int main(int argc, char** argv) {
    const std::string data = argc > 1 ? argv[1] : std::ifstream("data/iris.csv") ? "data" : "examples/data";
    const Table longley = read_csv(data + "/nist_longley.csv"), tumours = read_csv(data + "/breast_cancer.csv");
    const Table iris = read_csv(data + "/iris.csv");

    std::cout << "--- Employment in the United States, 1947 to 1962\n";
    std::vector<double> employed;
    for (const std::string& cell : longley.target) employed.push_back(std::stod(cell));
    gradus::LinearRegression<double> ols{{.feature_names = longley.names}};
    const gradus::FitReport line = ols.fit(longley.X, employed);
    std::cout << line << "  a year adds " << ols.coefficients()[5] << " thousand, says NIST 1829.15\n\n";

    std::cout << "--- Is a tumour benign? By ten measurements of its cells\n";
    gradus::LogisticRegression<double, gradus::NoPenalty, std::string> benign;
    const Eigen::MatrixXd means = tumours.X.leftCols(10);
    const gradus::FitReport two_classes = benign.fit(means, tumours.target);
    std::cout << two_classes << "  right for   " << 100 * benign.score(means, tumours.target) << " %\n\n";

    std::cout << "--- Three species of iris: one stands apart, so no finite estimate exists, and the report says so\n";
    gradus::LogisticRegression<double, gradus::NoPenalty, std::string> unpenalised{{.feature_names = iris.names}};
    const gradus::FitReport separated = unpenalised.fit(iris.X, iris.target);
    std::cout << separated << "\n--- With a small ridge there is one\n";
    gradus::LogisticRegression<double, gradus::Ridge, std::string> species{{.penalty = {.lambda = 0.01}}};
    const gradus::FitReport three_classes = species.fit(iris.X, iris.target);
    std::cout << three_classes << "  right for   " << 100 * species.score(iris.X, iris.target)
              << " %\n  flower 100  is a " << species.predict(iris.X.row(99))[0] << " with probability "
              << species.predict_probability(iris.X.row(99)).maxCoeff() << '\n';

    const bool is_certified = std::abs(ols.coefficients()[5] - 1829.15146461355) < 1e-6;
    return is_certified && line.converged() && two_classes.converged() && three_classes.converged() &&
                   separated.status == gradus::Status::separated
               ? 0
               : 1;
}
