// expect: gradus: these labels are not of the model's label type, which is int unless it is named
#include <gradus/models/logistic_regression.hpp>

#include <string>

void fit(const Eigen::MatrixXd& X, const std::vector<std::string>& y) {
    gradus::LogisticRegression<double> model;
    model.fit(X, y);
}
