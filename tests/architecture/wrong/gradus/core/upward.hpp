#include <gradus/numeric/exp.hpp>
