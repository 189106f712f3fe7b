#include <gradus/losses/squared.hpp>
