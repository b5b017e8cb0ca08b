#pragma once

#include <cstdint>
#include <span>

#include "src/data/keyed_random.hpp"

namespace sslslr {

/// Writes the order of a clip's frames in which the first k1 and the last k2 frames are permuted, each group
/// uniformly; the middle is unchanged. If the groups would overlap, k2 is reduced to what k1 leaves.
///
/// @param order  one entry for each frame of the result: the frame of the clip that is put there
/// Source: Madjoukeng et al. 2025, arXiv:2509.05188, section 5.2.
void boundary_order(std::span<std::int64_t> order, std::int64_t k1, std::int64_t k2, KeyedRandom& random);

}  // namespace sslslr
