#pragma once
// All of inference: what needs Boost.Math beside Eigen.

#include <gradus/inference/firth_inference.hpp>
#include <gradus/inference/hypotheses.hpp>
#include <gradus/inference/inference.hpp>
#include <gradus/inference/influence.hpp>
#include <gradus/inference/marginal_effects.hpp>
#include <gradus/inference/multivariate_tests.hpp>
#include <gradus/inference/prediction.hpp>
#include <gradus/inference/profile.hpp>
#include <gradus/inference/proportional_odds.hpp>
#include <gradus/inference/robust.hpp>
