// expect: gradus: a row vector where one column is expected
#include <gradus/models/logistic_regression.hpp>

void fit(const Eigen::MatrixXd& X, const Eigen::RowVectorXi& y) {
    gradus::LogisticRegression<double> model;
    model.fit(X, y);
}
