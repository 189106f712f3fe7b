// expect: gradus: Rows needs a table with rows(), columns() and read(first, out)
#include <gradus/models/linear_regression.hpp>

struct Source {
    Eigen::Index rows() const;
    Eigen::Index columns() const;
};

void fit(const Source& source, const Eigen::VectorXd& y) {
    gradus::LinearRegression<double> model;
    model.fit(gradus::Rows(source), y);
}
