#include <gradus/inference/intervals.hpp>
