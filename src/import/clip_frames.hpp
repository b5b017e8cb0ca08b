#pragma once

#include <cstddef>
#include <cstdint>

#include "io/corpus/corpus.hpp"

namespace sslslr {

/// The first point of a hand among those of an imported clip.
inline constexpr std::size_t hands_begin = 33;

/// Cuts a clip to the range of frames that the metadata list for the sign, and records that in its repairs.
/// The clip is kept whole if the range is outside of it, or as long as the clip but beyond its end (the clip
/// was cut already).
void cut_to_sign(io::ImportedClip& clip, const io::ListedClip& listed);

/// Cuts a clip to the frames from the first to the last in which a point of a hand is detected. A clip
/// without hands is not changed.
/// @return number of removed frames
std::int64_t trim_to_hands(io::ImportedClip& clip);

}  // namespace sslslr
