// compiles
#include <gradus/gradus.hpp>

void fit(const Eigen::MatrixXd& X, const Eigen::VectorXi& y) {
    gradus::LogisticRegression<double> model;
    model.fit(X, y, gradus::GradientDescent<>{},
              [](const gradus::IterationRecord<double>&) { return gradus::Control::proceed; });
}
