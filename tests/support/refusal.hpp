// What a call is refused with.
#pragma once

#include <stdexcept>
#include <string>

namespace gradus::test {

std::string refusal(auto&& what) {
    try {
        what();
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "(accepted)";
}

}  // namespace gradus::test
