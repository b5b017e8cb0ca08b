#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sslslr {

/// The names of a set of points, in the order in which features hold them: MediaPipe's, each after its part.
///
/// @param set  "upper-body" (65: the pose without hips and legs, both hands) or "all" (75: the whole pose,
/// both hands)
/// @throws ConfigError  another name
std::vector<std::string> points_of(const std::string& set);

/// The part of the body that a point belongs to and is detected with: "pose", "left_hand" or "right_hand".
std::string_view part_of(std::string_view point);

/// The name of a point on the other side of the body, its own for one in the middle.
std::string mirrored(const std::string& point);

/// Where each of `wanted` stands in `available`.
/// @throws ConfigError  names those that are missing
std::vector<std::int64_t> positions_of(const std::vector<std::string>& wanted,
                                       const std::vector<std::string>& available);

}  // namespace sslslr
