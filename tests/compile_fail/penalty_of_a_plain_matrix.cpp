// expect: no matching
#include <gradus/penalties/ridge.hpp>

double with_the_intercept(const gradus::Matrix<double>& W) { return gradus::Ridge{}.value(W); }
