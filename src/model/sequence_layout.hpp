#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

#include "src/data/packed_clips.hpp"

namespace sslslr {

/// How the encoder arranges a packed batch: clips are sorted by length, so that those of equal length are
/// adjacent and attention runs on them as one dense block, without padding or gathering.
struct SequenceLayout {
    /// Adjacent clips of equal length.
    struct Run {
        std::int64_t clips;
        std::int64_t length;  ///< frames of each
    };
    std::vector<Run> runs;  ///< by ascending length
    torch::Tensor order;    ///< [B] int64: position b of the layout holds clip order[b] of the batch
    torch::Tensor inverse;  ///< [B] int64: clip b of the batch is at position inverse[b]
    torch::Tensor
        row_keys;  ///< [T] int32 dropout keys, of a clip's CLS token, then its frames; T = sum of 1 + length
    torch::Tensor cls_keys;            ///< [B] int32 only those of the CLS tokens
    std::vector<std::int64_t> starts;  ///< [B + 1] the first token of each position, its CLS token; then T
    torch::Tensor cls_rows;            ///< [B] int64 the same without T

    /// @param dropout_seed  a function of (seed, step); keys are a function of it, clip id, view and position
    SequenceLayout(const PackedClips& clips, std::uint64_t dropout_seed);

    std::int64_t clips() const noexcept { return static_cast<std::int64_t>(starts.size()) - 1; }

    /// Returns the rows of each run of clips in a packed tensor, for split(): clips * (length + extra).
    std::vector<std::int64_t> rows(std::int64_t extra) const;
};

/// Returns the batch's frames in the order of the layout: [S, F].
torch::Tensor frames_in_order(const PackedClips& clips, const SequenceLayout& layout);

}  // namespace sslslr
