#pragma once

#include <cstdint>
#include <string>

namespace sslslr {

/// How many frames at one end of a clip carry no meaning: a count, or an exact share of the clip's own
/// length.
struct BoundaryLength {
    std::int64_t amount = 0;
    std::int64_t whole = 0;  ///< 0: amount is frames; else the share amount / whole

    /// Reads "21" (frames), "33%", "12.5%" or "1/3" (shares, at most 1).
    /// @throws ConfigError  anything else
    static BoundaryLength parse(const std::string& text);

    /// The frames of a clip of `length` frames; shares round half up, and it is never more than `length`.
    std::int64_t frames_of(std::int64_t length) const;
};

}  // namespace sslslr
