#pragma once

#include <cstdint>

#include <torch/types.h>

#include "dist/group.hpp"

namespace sslslr {

/// Clusters of points.
struct Clusters {
    torch::Tensor centres;     ///< [K, D]
    torch::Tensor assignment;  ///< [B] int64, cluster of each of this rank's points
    torch::Tensor distance;    ///< [B] distance of each point to its centre
};

/// Runs Lloyd's k-means over the points of all ranks. Collective. Beyond rounding, the result does not depend
/// on how the points are distributed over the ranks.
///
/// Starts from K of the points, drawn by `seed`, and runs at most `iterations` rounds, until no point changes
/// its cluster. A centre that loses all its points stays where it is.
/// @param points  [B, D] this rank's contiguous share of all points
/// @param begin   place of the share among all points
/// @param total   number of points of all ranks, at least K
/// @throws c10::ValueError  fewer than 1 or more than `total` clusters
Clusters k_means(const torch::Tensor& points, std::int64_t begin, std::int64_t total, std::int64_t clusters,
                 std::int64_t iterations, std::uint64_t seed, dist::Group& group);

}  // namespace sslslr
