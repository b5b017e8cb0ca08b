#pragma once

#include <cstdint>

namespace sslslr {

/// How many frames at the ends of one clip carry no meaning.
struct ClipBoundary {
    std::int64_t k1 = 0;  ///< first frames, >= 0
    std::int64_t k2 = 0;  ///< last frames, >= 0

    bool operator==(const ClipBoundary&) const = default;
};

/// The same as shares of a clip's length, for a whole data set.
struct BoundaryShares {
    double k1 = 0;
    double k2 = 0;
};

}  // namespace sslslr
