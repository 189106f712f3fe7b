// A hostile problem handed to the library, one scalar at a time, so that each is compiled by itself.
#pragma once

#include "trials/hostile.hpp"
#include <gradus/models/fit_report.hpp>

namespace gradus::trials {

struct Outcome {
    FitReport report;
    Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic> W;
};

template <class S>
Outcome fit_problem(const Hostile& problem);

extern template Outcome fit_problem<float>(const Hostile&);
extern template Outcome fit_problem<double>(const Hostile&);
extern template Outcome fit_problem<long double>(const Hostile&);

inline Outcome fit_problem(const Hostile& problem) {
    switch (problem.scalar) {
    case ScalarKind::single:
        return fit_problem<float>(problem);
    case ScalarKind::normal:
        return fit_problem<double>(problem);
    default:
        return fit_problem<long double>(problem);
    }
}

}  // namespace gradus::trials
