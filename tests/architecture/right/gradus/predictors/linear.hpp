#include "gradus/data/view.hpp"
