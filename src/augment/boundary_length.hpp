#pragma once

#include <cstdint>
#include <string>

namespace sslslr {

/// How many frames at one end of a clip carry no meaning: a count, or an exact share of the length of the
/// clip.
struct BoundaryLength {
    std::int64_t amount = 0;
    std::int64_t whole = 0;  ///< 0: amount is in frames; else it is the share amount / whole

    /// Reads "21" (frames), "33%", "12.5%" or "1/3" (shares, at most 1).
    /// @throws ConfigError  anything else
    static BoundaryLength parse(const std::string& text, const std::string& what = "boundary");

    /// Returns the length in frames for a clip of `length` frames, at most `length`. Shares round half up.
    std::int64_t frames_of(std::int64_t length) const;
};

}  // namespace sslslr
