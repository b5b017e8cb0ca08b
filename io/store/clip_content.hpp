#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "io/store/clip_store.hpp"

namespace sslslr::io {

/// Tells whether clips show the same: a hash of a clip's length and of its values as float16, so that a copy stored as
/// float16 is known for one of float32. -0 counts as 0, and every NaN as the same.
class ClipContent {
public:
    /// @param landmarks  of one clip, [frames, P, C]
    /// @return 0 if nothing was detected in it, or it has no frames: such clips equal no other
    std::uint64_t operator()(std::span<const float> landmarks);

private:
    std::vector<std::uint16_t> halves_;
};

/// The clips of equal content, those of content 0 left out: groups of two or more, each ascending, ordered by their
/// first clip.
std::vector<std::vector<std::int64_t>> equal_clips(std::span<const std::uint64_t> contents);

/// The content of each clip. Cost: reads the store once.
/// @throws DataError  a bulk block is damaged
std::vector<std::uint64_t> contents_of(const ClipStore& store);

}  // namespace sslslr::io
