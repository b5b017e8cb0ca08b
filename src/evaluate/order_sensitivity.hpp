#pragma once

#include <cstdint>
#include <span>

#include "dist/group.hpp"
#include "src/data/features.hpp"
#include "src/method/method.hpp"

namespace sslslr {

/// How much an encoder sees of the order of frames at the ends of clips, as the boundary augmentation
/// permutes them:
///
///     mean over clips and draws of |h(permuted) - h|^2, over the mean over clips of |h - mean h|^2
///
/// for features h without dropout, the first third and the last quarter of a clip's frames permuted. The
/// movement's mean is over clips of which an end holds 2 frames or more (5 frames at least); without any it
/// is 0. At about 1e-5 the encoder is blind to them. It is 0 where the features of clips differ by no more
/// than rounding, as after a collapse or with a single clip.
///
/// A pure function of weights, frames and draws; the same bits on any number of ranks of equal CPUs.
/// Collective; every module's mode is as before afterwards.
/// @param clips  clip numbers with frames, the same on every rank
/// @param draws  keyed permutations of each clip, 1 or more; each costs a forward pass of the clips
/// @throws dist::AgreedError  of a DataError: streamed clips cannot be read
double order_sensitivity(Method& method, const Features& features, std::span<const std::int64_t> clips,
                         dist::Group& group, std::int64_t draws = 20);

}  // namespace sslslr
