#include <gradus/core/types.hpp>
#include "gradus/data/view.hpp"
