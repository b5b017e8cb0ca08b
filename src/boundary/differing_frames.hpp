#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "src/augment/clip_boundary.hpp"
#include "src/data/features.hpp"

namespace sslslr {

/// Finds the frames in which the classes differ, only by their labels: no training.
///
/// Clips are brought to `frames` frames each (the nearest ones), and signers to the same mean in each frame.
/// Of many clips, 4,000 are drawn. Takes a second per 1,000 clips, and memory of about four copies of them.
/// The ratio of a frame is the variance of its features between classes over that within them, summed over
/// features (Anderson 2001, doi:10.1111/j.1442-9993.2001.01070.pp.x). A frame differs if its ratio is above
/// the largest of all frames in 95 of 100 orders of the labels, drawn within signers, so that frames are
/// named where classes do not differ in at most 5 of 100 data sets (Westfall and Young 1993).
///
/// Differences that show only in several frames together are not found. Where signs begin earlier in some
/// clips than in others, the frames from the earliest begin to the latest end are named.
///
/// @param clips   clip numbers
/// @param labels  [clips] class numbers, 0 or more
/// @param frames  n: frames of the longest clip
/// @return how many first and last frames do not differ, of a clip of `frames`; nothing if none differs, or
///         there are no two classes, or not more clips than classes
std::optional<ClipBoundary> differing_frames(const Features& features, std::span<const std::int64_t> clips,
                                             std::span<const std::int64_t> labels, std::int64_t frames);

}  // namespace sslslr
