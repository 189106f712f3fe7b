// expect: constraint
#include <gradus/models/linear_regression.hpp>

gradus::LinearRegression<int> model;
