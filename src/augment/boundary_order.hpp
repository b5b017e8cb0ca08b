#pragma once

#include <cstdint>
#include <span>

#include "src/data/keyed_random.hpp"

namespace sslslr {

/// Writes the order of a clip's frames after permuting its first k1 and its last k2, each uniformly among
/// themselves; the middle stays. Where the two would overlap, k2 is cut to what k1 leaves.
///
/// @param order  one entry a frame: the frame of the clip that comes there
/// Source: Madjoukeng et al. 2025, arXiv:2509.05188, section 5.2.
void boundary_order(std::span<std::int64_t> order, std::int64_t k1, std::int64_t k2, KeyedRandom& random);

}  // namespace sslslr
