#include <gradus/data/view.hpp>
#include <gradus/solvers/result.hpp>
