#include <gradus/cellar/unknown.hpp>
