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
/// with all 65 points one signer of the shipped asl9 store, left out, falls from 0.76 to 0.69 and the other
/// two hardly change, so this is the stronger control.
///
/// @param clips  clip numbers, each with at least one frame
/// @param frames  at least 1
/// @throws c10::ValueError  a clip number out of range or without frames, or frames below 1
/// @throws ConfigError  the layout lacks one of the points; io::DataError  a streamed clip cannot be read
torch::Tensor raw_skeletons(const Features& features, std::span<const std::int64_t> clips,
                            std::int64_t frames = 10);

}  // namespace sslslr
