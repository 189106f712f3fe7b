#include <gradus/core/executor.hpp>
