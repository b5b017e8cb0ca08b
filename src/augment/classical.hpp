#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "src/data/features.hpp"

namespace sslslr {

// Shapes: a clip is [T, F], row-major. Value is float or double.
// A point at x = y = 0 exactly counts as missing and stays where it is.

/// The body centre in x and y, about which clips turn and mirror: the origin, or the middle of the image if
/// raw.
inline double body_centre(const FeatureLayout& layout) {
    return layout.centred ? 0.0 : 0.5;
}

/// For each of the F features the one that takes its place when left and right change sides.
/// @throws ConfigError  a point whose counterpart is not among the layout's
std::vector<std::int64_t> mirrored_features(const FeatureLayout& layout);

/// Turns every frame in the plane of x and y about the body centre, in place.
template <class Value>
void rotate(std::span<Value> clip, const FeatureLayout& layout, double degrees);

/// Mirrors every frame about the vertical line through the body centre, left and right points changing
/// places, in place.
/// @param partners  mirrored_features(layout)
template <class Value>
void mirror(std::span<Value> clip, const FeatureLayout& layout, std::span<const std::int64_t> partners);

/// Writes the frames `order` of a clip smoothed along time by a Gaussian, cut off at 4 sigma and, at the
/// clip's ends, normalised over the frames there are. Flags of missing parts are copied.
///
/// @param clip   [T, F]
/// @param order  [R] frames of the clip, which is smoothed in its own order
/// @param sigma  standard deviation in frames, > 0
/// @param out    [R, F], apart from clip
template <class Value>
void blur(std::span<const Value> clip, const FeatureLayout& layout, std::span<const std::int64_t> order,
          double sigma, std::span<Value> out);

}  // namespace sslslr
