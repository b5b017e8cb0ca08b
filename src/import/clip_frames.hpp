#pragma once

#include <cstddef>
#include <cstdint>

#include "io/corpus/corpus.hpp"

namespace sslslr {

/// The first point of a hand among those of an imported clip.
inline constexpr std::size_t hands_begin = 33;

/// Cuts a clip to the frames that the metadata say are the sign, and names that in its repairs. A stretch outside the
/// clip leaves it whole, as does one that is as long as the clip but lies elsewhere.
void cut_to_sign(io::ImportedClip& clip, const io::ListedClip& listed);

/// Cuts a clip to the frames from the first to the last in which a point of a hand is detected. A clip without a hand
/// is left as it is. @return how many frames went
std::int64_t trim_to_hands(io::ImportedClip& clip);

}  // namespace sslslr
