#pragma once

#include <cstdint>
#include <span>

#include <torch/torch.h>

#include "src/data/features.hpp"

namespace sslslr {

/// The skeletons themselves as feature vectors [clips, frames x 48 points x C], for the nearest-neighbour
/// control.
///
/// Coordinates as preprocessed (shoulder-normalised by default), at `frames` frames evenly spaced from the
/// first to the last, each the nearest recorded one. Of the points, shoulders, elbows, wrists and both hands:
/// the face tells signers apart and costs 5 to 8 points on an unknown one.
///
/// @param clips  clip numbers, each with at least one frame
/// @param frames  at least 1
/// @throws c10::ValueError  a clip number out of range or without frames, or frames below 1
/// @throws ConfigError  the layout lacks one of the points
torch::Tensor raw_skeletons(const Features& features, std::span<const std::int64_t> clips,
                            std::int64_t frames = 10);

}  // namespace sslslr
