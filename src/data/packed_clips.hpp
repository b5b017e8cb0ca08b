#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <torch/types.h>

namespace sslslr {

// Shapes: B clips on this rank, S frames of all of them, F features per frame.

/// Clips stored end to end without padding. A batch of 0 clips (a rank without a share) is valid everywhere.
struct PackedClips {
    torch::Tensor frames;               ///< [S, F] float32 or float64
    std::vector<std::int64_t> offsets;  ///< [B + 1] ascending from 0 to S: where in frames each clip begins
    std::vector<std::int64_t> ids;      ///< [B] clip numbers in the data set: keys of the random draws
    /// [B] 0 as recorded, 1 and 2 the augmentations, plus 3 for each earlier place of the same clip in the
    /// global batch: keys of dropout.
    std::vector<std::int64_t> views;

    std::int64_t clips() const { return static_cast<std::int64_t>(ids.size()); }
    std::int64_t length(std::int64_t clip) const {
        return offsets[static_cast<std::size_t>(clip) + 1] - offsets[static_cast<std::size_t>(clip)];
    }
};

/// The memory that the frames take, in bytes.
inline std::int64_t bytes_of(const PackedClips& clips) {
    return clips.frames.defined() ? static_cast<std::int64_t>(clips.frames.nbytes()) : 0;
}

/// Returns the clips of all parts, one part after another, as one batch.
PackedClips concatenate(std::span<const PackedClips> parts);

}  // namespace sslslr
