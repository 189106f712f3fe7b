#include "gradus/data/view.hpp"
#include <gradus/core/types.hpp>
