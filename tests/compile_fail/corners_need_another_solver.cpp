// expect: gradus: the penalty of this model has corners, and this solver needs a smooth objective
#include <gradus/models/logistic_regression.hpp>

struct Corners {
    template <class S>
    S value(const gradus::Coefficients<S>& W) const {
        return W->cwiseAbs().sum();
    }
    template <class S>
    void prox(const gradus::ConstVectorView<S>&, gradus::MatrixView<S>) const {}
    template <class S>
    void subdifferential_distance(const gradus::Coefficients<S>&, const gradus::ConstMatrixView<S>&,
                                  gradus::MatrixView<S>) const {}
};

void fit(const Eigen::MatrixXd& X, const Eigen::VectorXi& y) {
    gradus::LogisticRegression<double, Corners> model;
    model.fit(X, y, gradus::Newton{});
}
