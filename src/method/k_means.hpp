#pragma once

#include <cstdint>

#include <torch/torch.h>

#include "dist/group.hpp"

namespace sslslr {

/// Points grouped around centres.
struct Clusters {
    torch::Tensor centres;     ///< [K, D]
    torch::Tensor assignment;  ///< [B] int64, of this rank's points
    torch::Tensor distance;    ///< [B] of each to its centre
};

/// Lloyd's k-means over the points of all ranks. Collective; beyond rounding the result does not depend on how
/// the points lie on the ranks.
///
/// Begins at K of the points drawn from `seed` and runs `iterations` rounds, or until no point changes its
/// centre; a centre that loses all its points stays where it is.
/// @param points  [B, D] this rank's contiguous share of all points
/// @param begin   where it begins
/// @param total   all points, at least K
Clusters k_means(const torch::Tensor& points, std::int64_t begin, std::int64_t total, std::int64_t clusters,
                 std::int64_t iterations, std::uint64_t seed, dist::Group& group);

}  // namespace sslslr
