// Fits of anything: no crash, no assertion, no sanitizer's report; what is refused leaves the model as it was, and what
// is called a success consists of numbers.

#include "fuzz/bytes.hpp"
#include <gradus/models/firth_logistic_regression.hpp>
#include <gradus/models/huber_regression.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/penalties/ridge.hpp>
#include <gradus/solvers/direct/cholesky.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>
#include <gradus/solvers/iterative/newton.hpp>

#include <cstdlib>
#include <iostream>
#include <stdexcept>

using namespace gradus;
using gradus::fuzz::Bytes;

namespace {

struct Data {
    Matrix<double> X;
    Vector<double> y, weights, offset;
    Eigen::VectorXi labels;
    bool has_weights, has_offset;
};

Data draw_data(Bytes& bytes) {
    Data out;
    const Index n = bytes.below(20), p = bytes.below(5);
    out.has_weights = bytes.below(4) == 0, out.has_offset = bytes.below(4) == 0;
    out.X.resize(n, p);
    out.y.resize(n), out.labels.resize(n), out.weights.resize(n), out.offset.resize(n);
    for (Index i = 0; i < n; ++i) {
        for (Index j = 0; j < p; ++j) out.X(i, j) = bytes.number();
        out.y[i] = bytes.number(), out.labels[i] = bytes.below(4);
        out.weights[i] = out.has_weights ? bytes.number() : 1;
        out.offset[i] = out.has_offset ? bytes.number() : 0;
    }
    return out;
}

[[noreturn]] void give_up(const char* what, const Data& data, const FitReport& report) {
    std::cerr.precision(17);
    std::cerr << what << '\n' << report << "\nX\n" << data.X << "\ny " << data.y.transpose();
    std::cerr << "\nlabels " << data.labels.transpose() << "\nweights " << data.weights.transpose();
    std::cerr << "\noffset " << data.offset.transpose() << '\n';
    std::abort();
}

template <class M>
bool is_finite(const M& numbers) {
    return numbers.size() == 0 || numbers.array().isFinite().all();
}

template <class Model, class Y, class... Solver>
void fit(Model model, const Data& data, const Y& y, const Solver&... solver) {
    auto observations = Observations(data.X, y);
    FitReport report;
    try {
        if (data.has_weights && data.has_offset)
            report = model.fit(observations.weights(data.weights).offset(data.offset), solver...);
        else if (data.has_weights) report = model.fit(observations.weights(data.weights), solver...);
        else if (data.has_offset) report = model.fit(observations.offset(data.offset), solver...);
        else report = model.fit(observations, solver...);
    } catch (const std::invalid_argument&) {
        if (model.is_fitted()) give_up("a refused fit left a model behind", data, report);
        return;
    }
    if (report.message.empty()) give_up("a report without a message", data, report);
    if (!report.converged()) return;
    if (!is_finite(model.coefficients())) give_up("success with coefficients that are not finite", data, report);
    if (!std::isfinite(report.objective)) give_up("success with an objective that is not finite", data, report);
    if (report.correct_digits >= 0 && report.correct_digits < 3) give_up("success without digits", data, report);
}

template <class Model, class Y>
void fit_by_any(const Model& model, const Data& data, const Y& y, int solver) {
    if (solver == 0) fit(model, data, y, LBFGS{.max_iterations = 200});
    else if (solver == 1) fit(model, data, y, Newton{});
    else fit(model, data, y);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes_given, std::size_t size) {
    Bytes bytes(bytes_given, size);
    const int model = bytes.below(9), solver = bytes.below(3);
    const bool intercept = bytes.flag();
    const double lambda = bytes.below(4) == 0 ? bytes.number() : 0.125;
    const Data data = draw_data(bytes);
    try {
        switch (model) {
        case 0:
            fit_by_any(LinearRegression<double>({.fit_intercept = intercept}), data, data.y, solver);
            break;
        case 1:
            fit(LinearRegression<double>({.fit_intercept = intercept}), data, data.y, Cholesky{});
            break;
        case 2:
            fit_by_any(LinearRegression<double, Ridge>({.penalty = {.lambda = lambda}, .fit_intercept = intercept}),
                       data, data.y, solver);
            break;
        case 3:
            fit_by_any(LogisticRegression<double>({.fit_intercept = intercept}), data, data.labels, solver);
            break;
        case 4:
            fit_by_any(LogisticRegression<double, Ridge>({.penalty = {.lambda = lambda}, .fit_intercept = intercept}),
                       data, data.labels, solver);
            break;
        case 5:
            fit_by_any(OrdinalRegression<double>(), data, data.labels, solver);
            break;
        case 6:
            fit_by_any(PoissonRegression<double>({.fit_intercept = intercept}), data, data.y, solver);
            break;
        case 7:
            fit_by_any(HuberRegression<double>({.fit_intercept = intercept}), data, data.y, solver);
            break;
        default:
            fit(FirthLogisticRegression<double>({.fit_intercept = intercept}), data, data.labels);
        }
    } catch (const std::invalid_argument&) {  // options that no model takes
    }
    return 0;
}
