// The first steps, on real data: least squares, two classes, three classes, and what happens where no finite answer exists.
// Needs Eigen and the standard library alone. Run it in examples/, in the folder above, or with the data folder as argument.

#include <gradus/gradus.hpp>

#include <fstream>
#include <iomanip>
#include <iostream>
#include <sstream>

struct Table {
    std::vector<std::string> names, target;  // the last column is the target
    Eigen::MatrixXd X;
};

Table read_csv(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error("cannot read " + path);
    Table table;
    std::vector<double> numbers;
    std::string line, cell;
    while (std::getline(file, line)) {
        std::vector<std::string> cells;
        for (std::istringstream row(line); std::getline(row, cell, ',');) cells.push_back(cell);
        if (!table.names.empty()) table.target.push_back(cells.back());
        cells.pop_back();
        if (table.names.empty()) table.names = cells;
        else
            for (const std::string& number : cells) numbers.push_back(std::stod(number));
    }
    const auto n = static_cast<Eigen::Index>(table.target.size()), p = static_cast<Eigen::Index>(table.names.size());
    table.X = Eigen::Map<Eigen::MatrixXd>(numbers.data(), p, n).transpose();
    return table;
}

std::vector<double> as_numbers(const std::vector<std::string>& cells) {
    std::vector<double> numbers;
    for (const std::string& cell : cells) numbers.push_back(std::stod(cell));
    return numbers;
}

bool run(const std::string& data) {
    const Table longley = read_csv(data + "/nist_longley.csv");
    gradus::LinearRegression<double> ols{{.feature_names = longley.names}};
    const gradus::FitReport least_squares = ols.fit(longley.X, as_numbers(longley.target));
    std::cout << "--- Employment in the United States, 1947 to 1962\n"
              << least_squares << "  employed    " << std::setprecision(15) << ols.coefficients()[5]
              << std::setprecision(6)
              << " thousand more each year, all else equal (certified by NIST: 1829.15146461355)\n\n";

    const Table tumours = read_csv(data + "/breast_cancer.csv");
    const Eigen::MatrixXd means = tumours.X.leftCols(10);
    const std::vector<double> benign = as_numbers(tumours.target);
    gradus::LogisticRegression<double> classifier;
    const gradus::FitReport logistic = classifier.fit(means, benign);
    std::cout << "--- Is the tumour benign? Ten measurements of its cells\n"
              << logistic << "  right       in " << 100 * classifier.score(means, benign) << " % of the cases\n\n";

    const Table iris = read_csv(data + "/iris.csv");
    gradus::LogisticRegression<double, gradus::NoPenalty, std::string> unpenalised{{.feature_names = iris.names}};
    const gradus::FitReport separated = unpenalised.fit(iris.X, iris.target);
    std::cout << "--- Three species of iris. One stands apart from the others, so no finite estimate exists, and the "
                 "report says so\n"
              << separated << '\n';

    gradus::LogisticRegression<double, gradus::Ridge, std::string> shrunk{{.penalty = {.lambda = 0.01}}};
    const gradus::FitReport softmax = shrunk.fit(iris.X, iris.target);
    std::cout << "--- With a small ridge there is one\n"
              << softmax << "  right       in " << 100 * shrunk.score(iris.X, iris.target)
              << " % of the cases\n  flower 100  ";
    for (std::size_t c = 0; c < 3; ++c)
        std::cout << shrunk.classes()[c] << ' '
                  << shrunk.predict_probability(iris.X.row(99))(0, static_cast<Eigen::Index>(c))
                  << (c < 2 ? ", " : "\n");

    const bool is_certified = std::abs(ols.coefficients()[5] - 1829.15146461355) < 1e-9 * 1829;
    return least_squares.converged() && is_certified && logistic.converged() &&
           separated.status == gradus::Status::separated && softmax.converged();
}

int main(int argc, char** argv) {
    try {
        const bool here = std::ifstream("data/iris.csv").good();
        return run(argc > 1 ? argv[1] : here ? "data" : "examples/data") ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "quickstart: " << error.what() << '\n';
        return 1;
    }
}
