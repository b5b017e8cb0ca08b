#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sslslr {

enum class PointSet {
    upper_body,  ///< 65: the pose without hips and legs, and both hands
    all          ///< 75: the whole pose, and both hands
};
constexpr auto words(PointSet /*of*/) {
    return std::array{"upper-body", "all"};
}

/// Returns MediaPipe's names of a set of points, each after its part, in the order in which features hold
/// them.
std::vector<std::string> points_of(PointSet set);

/// Returns the part of the body that a point belongs to and is detected with: "pose", "left_hand" or
/// "right_hand".
std::string_view part_of(std::string_view point);

/// A part of the body: the points [first, last) of a list.
struct BodyPart {
    std::string name;
    std::int64_t first;
    std::int64_t last;
};

/// Returns the parts of these points, in their order.
/// @param points  the points of a part are adjacent
std::vector<BodyPart> parts_of(const std::vector<std::string>& points);

/// The parts that are hands, the left one first.
inline constexpr std::array<std::string_view, 2> hand_parts{"left_hand", "right_hand"};
/// A hand's palm reaches from its point palm_start to its point palm_end; the distance of the two in x and y
/// is the size of the hand. BodyOrigin, Inputs and RawSkeletons each document which frames they average over
/// and the shortest palm they accept.
inline constexpr std::string_view palm_start = "wrist";
inline constexpr std::string_view palm_end = "middle_finger_mcp";

/// Returns the name of the same point on the other side of the body; a point in the middle is its own.
std::string mirrored(const std::string& point);

/// Returns the position in `available` of each of `wanted`.
/// @throws ConfigError  names the missing points
std::vector<std::int64_t> positions_of(const std::vector<std::string>& wanted,
                                       const std::vector<std::string>& available);

}  // namespace sslslr
