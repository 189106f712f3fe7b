#include <gradus/line_search/ray.hpp>
#include <gradus/solvers/result.hpp>
