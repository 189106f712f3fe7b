#pragma once
// Everything that needs Eigen alone. A convenience: a model's own header compiles faster.

#include <gradus/core/random.hpp>
#include <gradus/diagnostics/learning_rate.hpp>
#include <gradus/diagnostics/post_mortem.hpp>
#include <gradus/line_search/barzilai_borwein.hpp>
#include <gradus/losses/pointwise.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>
#include <gradus/models/regression.hpp>
#include <gradus/solvers/direct/cholesky.hpp>
#include <gradus/solvers/direct/qr.hpp>
#include <gradus/solvers/direct/svd.hpp>
#include <gradus/solvers/iterative/adam.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>
#include <gradus/solvers/iterative/momentum.hpp>
#include <gradus/solvers/iterative/nesterov.hpp>
#include <gradus/solvers/iterative/newton.hpp>
#include <gradus/solvers/iterative/saga.hpp>
#include <gradus/solvers/iterative/sgd.hpp>
#include <gradus/solvers/iterative/conjugate_gradient.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>
#include <gradus/solvers/iterative/newton_cg.hpp>
