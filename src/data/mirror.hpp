#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "src/data/features.hpp"

namespace sslslr {

// Shapes: a clip is [T, F], row-major. Value is float or double.
// A point at x = y = 0 exactly counts as missing and stays where it is.

/// The body centre in x and y, about which clips are rotated and mirrored: the origin, or the middle of the
/// image for raw coordinates.
inline double body_centre(const FeatureLayout& layout) {
    return layout.centred ? 0.0 : 0.5;
}

/// Returns, for each of the F features, the feature that replaces it when left and right are exchanged.
/// @throws ConfigError  the layout lacks the counterpart of a point
std::vector<std::int64_t> mirrored_features(const FeatureLayout& layout);

/// Mirrors every frame about the vertical line through the body centre and exchanges left and right points,
/// in place.
/// @param partners  mirrored_features(layout)
template <class Value>
void mirror(std::span<Value> clip, const FeatureLayout& layout, std::span<const std::int64_t> partners);

}  // namespace sslslr
