// expect: gradus: a direct solver needs a quadratic penalty (NoPenalty, Ridge)
#include <gradus/models/linear_regression.hpp>

struct Quartic {
    static constexpr bool is_zero = false, is_quadratic = false, is_class_symmetric = false;
    template <class S>
    S value(const gradus::Coefficients<S>& W) const {
        return W->array().square().square().sum();
    }
    template <class S>
    void add_gradient(const gradus::Coefficients<S>& W, gradus::MatrixView<S> G) const {
        G.array() += 4 * W->array().cube();
    }
    template <class S>
    void add_curvature(const gradus::Coefficients<S>& W, gradus::MatrixView<S> h) const {
        h.array() += 12 * W->array().square();
    }
};

void fit(const Eigen::MatrixXd& X, const Eigen::VectorXd& y) {
    gradus::LinearRegression<double, Quartic> model;
    model.fit(X, y);
}
