#pragma once

#include <cstdint>
#include <span>

#include "src/data/features.hpp"
#include "src/data/packed_clips.hpp"

namespace sslslr {

/// Returns a batch of the named clips that is complete except for its frames.
///
/// @param clips  [B] clip numbers, each in [0, features.clips())
/// @param view   which view of the clips the batch will hold
PackedClips describe(const Features& features, std::span<const std::int64_t> clips, std::int64_t view);

/// Returns the named clips as recorded (view 0) on the features' device; streamed clips are read from the
/// store.
/// @throws io::DataError  a streamed clip's block of the store is damaged
PackedClips gather(const Features& features, std::span<const std::int64_t> clips);

}  // namespace sslslr
