#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "io/store/clip_store.hpp"

namespace sslslr::io {

/// Computes a hash by which clips of equal content are recognised: of a clip's length and its values as
/// float16, so that a copy stored as float16 has the hash of the float32 original. -0 counts as 0, and all
/// NaNs are equal.
class ClipContent {
public:
    /// @param landmarks  of one clip, [frames, P, C]
    /// @return 0 if nothing was detected in the clip, or it has no frames: such clips equal no other
    std::uint64_t operator()(std::span<const float> landmarks);

private:
    std::vector<std::uint16_t> halves_;
};

/// Returns groups of two or more clips of equal content, without those of content 0. Each group is ascending,
/// and groups are ordered by their first clip.
std::vector<std::vector<std::int64_t>> equal_clips(std::span<const std::uint64_t> contents);

/// Returns the content hash of each clip. Cost: reads the store once.
/// @throws DataError  a bulk block is damaged
std::vector<std::uint64_t> contents_of(const ClipStore& store);

}  // namespace sslslr::io
