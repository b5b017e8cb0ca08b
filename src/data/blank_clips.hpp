#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "src/data/features.hpp"

namespace sslslr {

/// Returns those of `clips` whose landmarks are all 0 after preprocessing: no point was detected in any of
/// their frames.
///
/// @param features  resident, in host memory
std::vector<std::int64_t> blank_clips(const Features& features, std::span<const std::int64_t> clips);

}  // namespace sslslr
