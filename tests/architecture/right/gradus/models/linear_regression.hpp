#include <gradus/examination/separation.hpp>
#include <gradus/solvers/direct/qr.hpp>
