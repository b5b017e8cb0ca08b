#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "src/augment/clip_boundary.hpp"
#include "src/data/features.hpp"

namespace sslslr {

/// When wrists count as moving. The values are our choice, set on synthetic movements; none is from a study
/// of signing.
struct WristMotionConfig {
    double peak_share = 0.1;  ///< least speed of a moving wrist as a share of the clip's highest, in (0, 1)
    double noise_factor = 3;  ///< and as a multiple of the apparent speed that noise causes, >= 0
    bool with_preparation = true;  ///< the boundary includes the way from rest to the sign and back
};

/// Finds the boundary of each clip from the motion of its wrists, without labels or training.
///
/// 1. Locate each wrist: the point of the pose, or that of the hand if the pose has none. A wrist that is
///    missing throughout the clip is left out. Jumps of one frame are removed by a running median of 3; the
///    result is smoothed by a Gaussian of one frame.
/// 2. Compute the speed of both wrists together (root of the sum of squares over wrists, x and y).
/// 3. Find the rest at either end: the frames before the speed first reaches the threshold, and those after
///    it last does. The threshold is the larger of peak_share times the highest speed and noise_factor times
///    the apparent speed that noise causes. Noise is estimated from what smoothing removes in the calmest
///    quarter of the values.
/// 4. With preparation, an end that starts at rest is extended to where the first movement has calmed down:
///    the first minimum of speed below half the speed reached. It is not extended if the two ends would meet.
///
/// A clip that moves from its first or second frame on has k1 = 0, because nothing separates its way to the
/// sign from the sign. Both k1 and k2 are 0 for a clip that never moves clearly, is shorter than 5 frames or
/// shows no wrist.
///
/// Source: a share of the peak is the usual velocity threshold of movement onset (Botzer and Karniel 2009,
/// doi:10.3389/neuro.20.002.2009, describe it and its error); preparation and retraction are the phases
/// around a stroke of Kita, van Gijn and van der Hulst 1998.
///
/// @param features  in host memory, float32 or float64
/// @param clips     clip numbers, any order
/// @return one boundary for each of `clips`, in frames of the preprocessed clip; k1 + k2 is less than its
///         length
/// @throws ConfigError  a setting is out of range, or the points include no wrist
std::vector<ClipBoundary> wrist_motion_boundaries(const Features& features,
                                                  std::span<const std::int64_t> clips,
                                                  const WristMotionConfig& config = {});

/// Returns one boundary for a data set: the medians of the clips' shares; 0 if there are no clips.
/// @param boundaries  one for each of `clips`
BoundaryShares median_shares(const Features& features, std::span<const std::int64_t> clips,
                             std::span<const ClipBoundary> boundaries);

}  // namespace sslslr
