#include <gradus/diagnostics/collinearity.hpp>
