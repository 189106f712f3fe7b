#include <gradus/examination/rank.hpp>
