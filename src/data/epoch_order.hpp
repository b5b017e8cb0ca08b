#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sslslr {

/// The order in which an epoch visits `clips` clips: a permutation of 0 .. clips - 1 that depends on nothing
/// but the arguments, so that it is the same on any number of ranks.
std::vector<std::int64_t> epoch_order(std::uint64_t seed, std::int64_t epoch, std::int64_t clips);

/// Rank `rank`'s contiguous share of a global batch, balanced by frames: shares are cut where the running sum
/// of lengths passes the rank's proportion. Rank 0 always holds a clip (see dist::GradientReducer); other
/// ranks may hold none.
///
/// @param batch    the global batch's clips in order, not empty
/// @param lengths  frames of each of them
std::span<const std::int64_t> share_of(std::span<const std::int64_t> batch,
                                       std::span<const std::int64_t> lengths, int rank, int ranks);

}  // namespace sslslr
