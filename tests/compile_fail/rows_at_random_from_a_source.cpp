// expect: gradus: this solver needs rows in random order, and Rows(table) hands them out one after another
#include <gradus/models/logistic_regression.hpp>
#include <gradus/solvers/iterative/saga.hpp>

struct Source {
    Eigen::Index rows() const;
    Eigen::Index columns() const;
    void read(Eigen::Index first, Eigen::Ref<Eigen::MatrixXd> out) const;
};

void fit(const Source& source, const Eigen::VectorXi& y) {
    gradus::LogisticRegression<double> model;
    model.fit(gradus::Rows(source), y, gradus::SAGA{});
}
