#pragma once

#include <cstdint>
#include <span>

#include "dist/group.hpp"
#include "src/data/features.hpp"
#include "src/method/method.hpp"

namespace sslslr {

/// Returns how sensitive an encoder is to the order of frames at the ends of clips, which the boundary
/// augmentation permutes:
///
///     mean over clips and draws of |h(permuted) - h|^2, over the mean over clips of |h - mean h|^2
///
/// for features h without dropout, with the first third and the last quarter of a clip's frames permuted. The
/// numerator's mean is over the clips with at least 2 frames in one of these ends (clips of 5 or more
/// frames); without such clips the result is 0. At about 1e-5 the encoder is blind to the order. The result
/// is also 0 if the features of clips differ by no more than rounding, as after a collapse or for a single
/// clip.
///
/// A pure function of weights, frames and draws, with the same bits on any number of ranks with equal CPUs.
/// Restores the mode of every module. Collective.
/// @param clips  numbers of clips with frames, the same on every rank
/// @param draws  keyed permutations of each clip, 1 or more; each takes a forward pass of the clips
/// @throws c10::ValueError    a clip number out of range or without frames, or draws below 1
/// @throws dist::AgreedError  with a DataError: streamed clips cannot be read
double order_sensitivity(Method& method, const Features& features, std::span<const std::int64_t> clips,
                         dist::Group& group, std::int64_t draws = 20);

}  // namespace sslslr
