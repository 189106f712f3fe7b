// Every model as a function from data to coefficients, so that an identity is written once and holds for all of them.
#pragma once

#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/fit_report.hpp>

#include <functional>
#include <string>
#include <vector>

namespace gradus::test {

struct Data {
    Eigen::MatrixXd X;
    Eigen::MatrixXd Y;        ///< targets, or one column of class codes
    Eigen::VectorXd s;        ///< weights
    Eigen::MatrixXd o;        ///< offset
    Eigen::VectorXd factors;  ///< of the ridge, where there is one
};

struct Answer {
    Eigen::MatrixXd W;
    Eigen::VectorXd b;
    FitReport report;
};

struct Case {
    std::string name;
    bool has_intercept, is_penalised;
    Index classes;  ///< 0: a linear model
    Data data;      ///< well conditioned, overlapping classes
    std::function<Answer(const Data&)> fit;
};

std::vector<Case> linear_cases();
std::vector<Case> logistic_cases();

inline std::vector<Case> all_cases() {
    std::vector<Case> cases = linear_cases();
    for (Case& c : logistic_cases()) cases.push_back(std::move(c));
    return cases;
}

/// Features on a grid of 2^-12, so that they can be shifted and scaled without rounding. Weights are 1 and offsets 0.
inline Data made_data(std::uint64_t seed, Index n, Index p, Index targets, Index classes) {
    Random random(seed);
    Data data;
    data.X = normal_matrix<double>(random, n, p);
    data.X = data.X.unaryExpr([](double x) { return std::round(x * 0x1p12) * 0x1p-12; }).eval();
    data.s = Eigen::VectorXd::Ones(n);
    data.factors = Eigen::VectorXd::Ones(p);
    const Index outputs = classes ? (classes == 2 ? 1 : classes) : targets;
    const Eigen::MatrixXd W = normal_matrix<double>(random, p, outputs);
    const Eigen::VectorXd b = normal_vector<double>(random, outputs) / 2;
    data.o = Eigen::MatrixXd::Zero(n, outputs);
    if (classes) data.Y = draw_classes<double>(random, data.X, W, b);
    else {
        data.Y = data.X.lazyProduct(W) + normal_matrix<double>(random, n, outputs) / 2;
        data.Y.rowwise() += b.transpose();
    }
    return data;
}

inline Data rows_of(const Data& data, const std::vector<Index>& rows) {
    Data out;
    out.X = data.X(rows, Eigen::indexing::all);
    out.Y = data.Y(rows, Eigen::indexing::all);
    out.s = data.s(rows);
    out.o = data.o(rows, Eigen::indexing::all);
    out.factors = data.factors;
    return out;
}

/// Converged, and the same coefficients.
inline void check_same(const Answer& answer, const Eigen::MatrixXd& W, const Eigen::VectorXd& b) {
    INFO(answer.report);
    CHECK(answer.report.converged());
    CHECK(error_of(answer.W, W) <= tolerance::second_order<double>);
    CHECK(error_of(answer.b, b) <= tolerance::second_order<double>);
}

}  // namespace gradus::test
