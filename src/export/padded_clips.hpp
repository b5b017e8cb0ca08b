#pragma once

#include <torch/types.h>

#include "src/data/packed_clips.hpp"

namespace sslslr {

/// A batch of B clips in the form that readers of an export take: padded instead of packed.
struct PaddedClips {
    torch::Tensor frames;   ///< [B, longest, F] float32, zeros after the end of a clip
    torch::Tensor lengths;  ///< [B] int64
};

PaddedClips padded(const PackedClips& clips);

}  // namespace sslslr
