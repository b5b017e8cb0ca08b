#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "src/data/features.hpp"
#include "src/data/mirror.hpp"

namespace sslslr {

// Shapes: a clip is [T, F], row-major. Value is float or double.
// A point at x = y = 0 exactly counts as missing and stays where it is.

/// Rotates every frame in the plane of x and y about the body centre, in place.
template <class Value>
void rotate(std::span<Value> clip, const FeatureLayout& layout, double degrees);

/// Writes the frames `order` of a clip, smoothed along time by a Gaussian. It is cut off at 4 sigma and, at
/// the ends of the clip, normalised over the frames that exist. Flags of body parts are copied.
///
/// @param clip   [T, F]
/// @param order  [R] frames of the clip to write; smoothing goes by the clip's own order
/// @param sigma  standard deviation in frames, > 0
/// @param out    [R, F], must not overlap clip
template <class Value>
void blur(std::span<const Value> clip, const FeatureLayout& layout, std::span<const std::int64_t> order,
          double sigma, std::span<Value> out);

}  // namespace sslslr
