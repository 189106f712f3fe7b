#pragma once
// Everything that needs Eigen alone. A convenience: a model's own header compiles faster.

#include <gradus/core/random.hpp>
#include <gradus/diagnostics/contracts.hpp>
#include <gradus/losses/pointwise.hpp>
#include <gradus/models/huber_regression.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/models/regression.hpp>
#include <gradus/solvers/direct/cholesky.hpp>
#include <gradus/solvers/direct/qr.hpp>
#include <gradus/solvers/direct/svd.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>
#include <gradus/solvers/iterative/newton.hpp>
#include <gradus/solvers/observers.hpp>
