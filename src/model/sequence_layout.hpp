#pragma once

#include <cstdint>
#include <vector>

#include <torch/torch.h>

#include "src/data/packed_clips.hpp"

namespace sslslr {

/// How the encoder lays out a packed batch: clips sorted by length, so that those of equal length stand
/// together and attention runs on them as one dense block, without padding and without gathering.
struct SequenceLayout {
    /// Clips of equal length, one after another.
    struct Run {
        std::int64_t clips;
        std::int64_t length;  ///< frames of each
    };
    std::vector<Run> runs;  ///< by ascending length
    torch::Tensor order;    ///< [B] int64: position b of the layout holds clip order[b] of the batch
    torch::Tensor inverse;  ///< [B] int64: clip b of the batch stands at position inverse[b]
    torch::Tensor
        row_keys;  ///< [T] int32 dropout keys, T = sum over clips of 1 + length: a clip's CLS token, then its frames
    torch::Tensor cls_keys;            ///< [B] int32 those of the CLS tokens alone
    std::vector<std::int64_t> starts;  ///< [B + 1] position b's first token, its CLS token; then T
    torch::Tensor cls_rows;            ///< [B] int64 the same without T

    /// @param dropout_seed  a function of (seed, step); keys are a function of it, clip id, view and position
    SequenceLayout(const PackedClips& clips, std::uint64_t dropout_seed);

    std::int64_t clips() const noexcept { return static_cast<std::int64_t>(starts.size()) - 1; }

    /// Sizes of the runs' pieces of a packed tensor, for split(): clips * (length + extra) rows each.
    std::vector<std::int64_t> rows(std::int64_t extra) const;
};

/// The batch's frames in the order of the layout: [S, F].
torch::Tensor frames_in_order(const PackedClips& clips, const SequenceLayout& layout);

}  // namespace sslslr
