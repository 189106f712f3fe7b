#include <gradus/data/design.hpp>
