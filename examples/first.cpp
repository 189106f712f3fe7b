#include <gradus/gradus.hpp>

#include <iostream>

int main() {
    const Eigen::VectorXd hours{
        {0.5, 0.75, 1, 1.25, 1.5, 1.75, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 4, 4.25, 4.5, 4.75, 5, 5.5}};
    const std::vector<int> passed{0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1};

    gradus::LogisticRegression<double> model;
    std::cout << model.fit(hours, passed);
    std::cout << "after 3 hours of study the exam is passed with probability "
              << model.predict_probability(Eigen::VectorXd{{3.0}})(0, 1) << '\n';
}
