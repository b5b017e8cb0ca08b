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

/// A part of the body: the points [first, last) of a list.
struct BodyPart {
    std::string name;
    std::int64_t first;
    std::int64_t last;
};

/// The parts of these points, in their order. @param points  those of a part stand side by side
std::vector<BodyPart> parts_of(const std::vector<std::string>& points);

/// The parts that are hands, the left one first.
inline constexpr std::array<std::string_view, 2> hand_parts{"left_hand", "right_hand"};
/// A hand's palm reaches from this point of it to the next one; its length in x and y is the size of the
/// hand. Which frames count and how short a palm may be differ between BodyOrigin, Inputs and RawSkeletons:
/// each says its own.
inline constexpr std::string_view palm_start = "wrist";
inline constexpr std::string_view palm_end = "middle_finger_mcp";

/// The name of a point on the other side of the body, its own for one in the middle.
std::string mirrored(const std::string& point);

/// Where each of `wanted` stands in `available`.
/// @throws ConfigError  names those that are missing
std::vector<std::int64_t> positions_of(const std::vector<std::string>& wanted,
                                       const std::vector<std::string>& available);

}  // namespace sslslr
