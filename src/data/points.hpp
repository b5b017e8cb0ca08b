#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sslslr {

enum class PointSet {
    upper_body,  ///< 65: the pose without hips and legs, both hands
    all          ///< 75: the whole pose, both hands
};
constexpr auto words(PointSet /*of*/) {
    return std::array{"upper-body", "all"};
}

/// The names of a set of points, in the order in which features hold them: MediaPipe's, each after its part.
std::vector<std::string> points_of(PointSet set);

/// The part of the body that a point belongs to and is detected with: "pose", "left_hand" or "right_hand".
std::string_view part_of(std::string_view point);

/// The parts of these points, each once, in the order of the points.
std::vector<std::string> parts_of(const std::vector<std::string>& points);

/// The name of a point on the other side of the body, its own for one in the middle.
std::string mirrored(const std::string& point);

/// Where each of `wanted` stands in `available`.
/// @throws ConfigError  names those that are missing
std::vector<std::int64_t> positions_of(const std::vector<std::string>& wanted,
                                       const std::vector<std::string>& available);

}  // namespace sslslr
