#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sslslr {

/// The order in which an epoch visits `clips` clips: a permutation of 0 .. clips - 1 that depends on nothing
/// but the arguments, so that it is the same on any number of ranks.
std::vector<std::int64_t> epoch_order(std::uint64_t seed, std::int64_t epoch, std::int64_t clips);

/// A place of an epoch's order.
struct Visit {
    std::int64_t clip;  ///< number in 0 .. clips - 1
    std::int64_t pass;  ///< how often earlier places, of this epoch and those before, had the same clip
    bool operator==(const Visit&) const = default;
};

/// An order in which every group of clips has the same number of the epoch's places, give or take one: as
/// many places as clips. A pure function of the arguments, like epoch_order.
///
/// Each group's clips come in passes, every pass in an order of its own; a pass may begin in one epoch and
/// end in a later one. So clips of a small group come several times an epoch, those of a large one in turn,
/// and no clip comes for the n-th time before every other of its group came n - 1 times. The places that are
/// left over where the groups do not divide the clips go to the groups in turn, over the epochs.
/// @param groups  [clips] the group of each, any numbers
/// @throws std::length_error  as epoch_order
std::vector<Visit> balanced_order(std::uint64_t seed, std::int64_t epoch,
                                  std::span<const std::int64_t> groups);

/// Rank `rank`'s contiguous share of a global batch, balanced by frames: shares are cut where the running sum
/// of lengths passes the rank's proportion. Rank 0 always holds a clip (see dist::GradientReducer); other
/// ranks may hold none.
///
/// @param batch    the global batch's clips in order, not empty
/// @param lengths  frames of each of them
std::span<const std::int64_t> share_of(std::span<const std::int64_t> batch,
                                       std::span<const std::int64_t> lengths, int rank, int ranks);

}  // namespace sslslr
