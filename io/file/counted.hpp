#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace sslslr::io {

/// Returns a count with its noun and what agrees with it: "1 clip has" or "2 clips have".
inline std::string counted(std::int64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

/// Returns a count with its noun, whose plural ends in s: "1 clip" or "2 clips".
inline std::string counted(std::int64_t count, std::string_view one) {
    return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

}  // namespace sslslr::io
