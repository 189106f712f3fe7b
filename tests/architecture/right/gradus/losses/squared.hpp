#include <gradus/core/types.hpp>
#include <gradus/losses/loss.hpp>
