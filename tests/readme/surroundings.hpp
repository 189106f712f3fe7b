// What the code of README.md takes for granted: its includes, and data under the names that it uses.
#pragma once

#include <gradus/gradus.hpp>
#include <gradus/inference/all.hpp>
#include <gradus/io/header.hpp>
#include <gradus/io/json.hpp>
#include <gradus/parallel/threads.hpp>
#include <gradus/preprocessing/pipeline.hpp>
#include <gradus/preprocessing/polynomial_features.hpp>
#include <gradus/preprocessing/splits.hpp>
#include <gradus/preprocessing/standard_scaler.hpp>

#include <Eigen/SparseCore>
#include <cmath>
#include <iostream>
#include <string>
#include <vector>

struct Data {
    Eigen::MatrixXd X, Y, X_new;
    Eigen::VectorXd y, s, o;
    std::vector<int> labels;
    std::vector<std::string> names;
    Eigen::VectorXd successes, trials;

    Data()
        : X(200, 3),
          Y(200, 2),
          X_new(5, 3),
          y(200),
          s(200),
          o(200),
          labels(200),
          names(200),
          successes(200),
          trials(200) {
        gradus::Random random(1);
        for (Eigen::Index j = 0; j < 3; ++j) {
            for (Eigen::Index i = 0; i < 200; ++i) X(i, j) = random.normal();
            for (Eigen::Index i = 0; i < 5; ++i) X_new(i, j) = random.normal();
        }
        for (Eigen::Index i = 0; i < 200; ++i) {
            y[i] = X(i, 0) - X(i, 1) / 2 + random.normal();
            Y.row(i) << y[i], X(i, 2) + random.normal();
            s[i] = random.uniform(1, 2);
            o[i] = random.normal() / 10;
            labels[static_cast<std::size_t>(i)] = y[i] > 0;
            names[static_cast<std::size_t>(i)] = y[i] < -0.5 ? "low" : y[i] < 0.5 ? "mid" : "high";
            trials[i] = 1 + static_cast<double>(random.below(5));
            successes[i] = static_cast<double>(random.below(static_cast<std::uint64_t>(trials[i]) + 1));
        }
    }
};

/// How many promises of a contract are broken; says which.
inline int violations(const std::vector<std::string>& sentences) {
    for (const std::string& sentence : sentences) std::cout << sentence << '\n';
    return static_cast<int>(sentences.size());
}

inline gradus::LossRules<double> rules_of_log_cosh() {
    gradus::LossRules<double> rules;
    rules.has_closed_form = false;
    for (const double y : {0.0, 1.5, -3.0}) rules.targets.push_back(Eigen::VectorXd::Constant(1, y));
    return rules;
}
