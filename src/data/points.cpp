#include "src/data/points.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "src/errors.hpp"

namespace sslslr {
namespace {

// Order and names of MediaPipe Holistic. The first 23 of the pose are those above the hips.
constexpr std::array<std::string_view, 33> pose_points{
    "nose",        "left_eye_inner",  "left_eye",        "left_eye_outer", "right_eye_inner",
    "right_eye",   "right_eye_outer", "left_ear",        "right_ear",      "mouth_left",
    "mouth_right", "left_shoulder",   "right_shoulder",  "left_elbow",     "right_elbow",
    "left_wrist",  "right_wrist",     "left_pinky",      "right_pinky",    "left_index",
    "right_index", "left_thumb",      "right_thumb",     "left_hip",       "right_hip",
    "left_knee",   "right_knee",      "left_ankle",      "right_ankle",    "left_heel",
    "right_heel",  "left_foot_index", "right_foot_index"};
constexpr std::size_t upper_body_points = 23;

constexpr std::array<std::string_view, 21> hand_points{"wrist",
                                                       "thumb_cmc",
                                                       "thumb_mcp",
                                                       "thumb_ip",
                                                       "thumb_tip",
                                                       "index_finger_mcp",
                                                       "index_finger_pip",
                                                       "index_finger_dip",
                                                       "index_finger_tip",
                                                       "middle_finger_mcp",
                                                       "middle_finger_pip",
                                                       "middle_finger_dip",
                                                       "middle_finger_tip",
                                                       "ring_finger_mcp",
                                                       "ring_finger_pip",
                                                       "ring_finger_dip",
                                                       "ring_finger_tip",
                                                       "pinky_mcp",
                                                       "pinky_pip",
                                                       "pinky_dip",
                                                       "pinky_tip"};

void append(std::vector<std::string>& points, const std::string& part,
            std::span<const std::string_view> names) {
    for (const auto name : names) {
        points.push_back(part + "." + std::string{name});
    }
}

}  // namespace

std::vector<std::string> points_of(const std::string& set) {
    if (set != "upper-body" && set != "all") {
        throw ConfigError{"--points " + set + ": there are upper-body (65 points) and all (75 points)"};
    }
    std::vector<std::string> points;
    append(points, "pose",
           std::span{pose_points}.first(set == "all" ? pose_points.size() : upper_body_points));
    append(points, "left_hand", hand_points);
    append(points, "right_hand", hand_points);
    return points;
}

std::string_view part_of(std::string_view point) {
    return point.substr(0, point.find('.'));
}

std::string mirrored(const std::string& point) {
    constexpr std::string_view left = "left";
    constexpr std::string_view right = "right";
    if (const auto at = point.find(left); at != std::string::npos) {
        return std::string{point}.replace(at, left.size(), right);
    }
    if (const auto at = point.find(right); at != std::string::npos) {
        return std::string{point}.replace(at, right.size(), left);
    }
    return point;
}

std::vector<std::int64_t> positions_of(const std::vector<std::string>& wanted,
                                       const std::vector<std::string>& available) {
    std::vector<std::int64_t> positions;
    std::string missing;
    for (const auto& point : wanted) {
        const auto found = std::ranges::find(available, point);
        if (found == available.end()) {
            missing += (missing.empty() ? "" : ", ") + point;
        }
        positions.push_back(found - available.begin());
    }
    if (!missing.empty()) {
        throw ConfigError{"the data lack the points " + missing +
                          "; choose others with --points, or data with the points of MediaPipe Holistic"};
    }
    return positions;
}

}  // namespace sslslr
