#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "src/augment/clip_boundary.hpp"
#include "src/data/features.hpp"

namespace sslslr {

/// When wrists count as moving. The values are ours, set on made-up movements; none comes from a study of signs.
struct WristMotionConfig {
    double peak_share = 0.1;       ///< moving from this share of the clip's highest speed on, in (0, 1)
    double noise_factor = 3;       ///< and from this many times the speed that noise feigns on, >= 0
    bool with_preparation = true;  ///< the boundary takes in the way from rest to the sign and back
};

/// The boundary of each clip from the motion of its wrists, without labels or training.
///
/// 1. Where each wrist is: the pose's point, or the hand's where the pose has none; a wrist missing throughout
///    the clip is left out. Jumps of one frame are removed by a running median of 3, what is left is smoothed
///    by a Gaussian of one frame.
/// 2. The speed of both wrists together (root of the sum of squares over wrists, x and y).
/// 3. The rest at either end: the frames before the speed first reaches the threshold, and those after it
///    last does. The threshold is the larger of peak_share of the highest speed and noise_factor of the speed
///    that noise feigns; noise is what smoothing takes away in the calmest quarter of the values.
/// 4. With preparation, an end that begins at rest goes on to where the first movement has calmed down: the
///    first minimum of speed below half the speed reached. Not if the two ends would meet.
///
/// A clip that moves from its first or second frame on has k1 = 0: nothing tells its way to the sign from the
/// sign. A clip that never moves clearly, is shorter than 5 frames or shows no wrist has k1 = k2 = 0.
///
/// Source: a share of the peak is the usual velocity threshold of movement onset (described, with its error, by
/// Botzer and Karniel 2009, doi:10.3389/neuro.20.002.2009); preparation and retraction are the phases around a
/// stroke of Kita, van Gijn and van der Hulst 1998.
///
/// @param features  in host memory, float32 or float64
/// @param clips     clip numbers, any order
/// @return one for each of `clips`, in frames of the preprocessed clip; k1 + k2 is less than its length
/// @throws ConfigError  a setting out of range, or points without any wrist
std::vector<ClipBoundary> wrist_motion_boundaries(const Features& features,
                                                  std::span<const std::int64_t> clips,
                                                  const WristMotionConfig& config = {});

/// One value for a data set: the medians of the clips' shares; of no clips, 0.
/// @param boundaries  one for each of `clips`
BoundaryShares median_shares(const Features& features, std::span<const std::int64_t> clips,
                             std::span<const ClipBoundary> boundaries);

}  // namespace sslslr
