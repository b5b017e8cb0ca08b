#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sslslr {

/// Returns the order in which an epoch visits `clips` clips: a permutation of 0 .. clips - 1. It depends only
/// on the arguments, so it is the same for any number of ranks.
/// @throws std::length_error  a negative number of clips, or 2^32 or more
std::vector<std::int64_t> epoch_order(std::uint64_t seed, std::int64_t epoch, std::int64_t clips);

/// A place of an epoch's order.
struct Visit {
    std::int64_t clip;  ///< number in 0 .. clips - 1
    std::int64_t pass;  ///< how many earlier places, of this epoch and those before it, hold the same clip
    bool operator==(const Visit&) const = default;
};

/// Returns an order in which every group of clips has the same number of the epoch's places, give or take
/// one. An epoch has as many places as there are clips. A pure function of the arguments, like epoch_order.
///
/// The clips of each group come in passes, each pass in an order of its own; a pass may begin in one epoch
/// and end in a later one. So the clips of a small group come several times in an epoch, those of a large
/// group take turns, and no clip comes for the n-th time before every other clip of its group has come n - 1
/// times. If the number of groups does not divide the number of clips, the groups take the remaining places
/// in turn, over the epochs.
/// @param groups  [clips] the group of each, any numbers
/// @throws std::length_error  as epoch_order
std::vector<Visit> balanced_order(std::uint64_t seed, std::int64_t epoch,
                                  std::span<const std::int64_t> groups);

/// Returns rank `rank`'s contiguous share of a global batch. Shares are balanced by frames: they are cut
/// where the running sum of lengths passes the rank's proportion. Rank 0 always has a clip (see
/// dist::GradientReducer); other ranks may have none.
///
/// @param batch    the global batch's clips in order, not empty
/// @param lengths  frames of each of them
std::span<const std::int64_t> share_of(std::span<const std::int64_t> batch,
                                       std::span<const std::int64_t> lengths, int rank, int ranks);

}  // namespace sslslr
