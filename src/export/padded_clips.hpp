#pragma once

#include <torch/torch.h>

#include "src/data/packed_clips.hpp"

namespace sslslr {

/// A batch of B clips as readers of an export take it: padded instead of packed.
struct PaddedClips {
    torch::Tensor frames;   ///< [B, longest, F] float32, zeros behind a clip's end
    torch::Tensor lengths;  ///< [B] int64
};

PaddedClips padded(const PackedClips& clips);

}  // namespace sslslr
