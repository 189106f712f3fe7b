#include <gradus/diagnostics/collinearity.hpp>
#include <gradus/solvers/direct/qr.hpp>
