#include <gradus/penalties/ridge.hpp>
