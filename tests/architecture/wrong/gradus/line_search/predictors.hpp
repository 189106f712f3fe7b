#include <gradus/predictors/linear.hpp>
