#include <gradus/models/linear_regression.hpp>
