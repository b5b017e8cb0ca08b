#include "io/corpus/pose_points.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <string_view>

#include "io/file/lower_case.hpp"
#include "io/store/holistic_points.hpp"

namespace sslslr::io {
namespace {

constexpr std::int64_t not_kept = -1;

/// MediaPipe's names for body points of OpenPose and COCO. OpenPose's neck, mid-hip and small toes have no
/// counterpart; its big toe is MediaPipe's tip of the foot.
const std::map<std::string, std::string>& body_aliases() {
    static const std::map<std::string, std::string> names{{"nose", "nose"},
                                                          {"rshoulder", "right_shoulder"},
                                                          {"relbow", "right_elbow"},
                                                          {"rwrist", "right_wrist"},
                                                          {"lshoulder", "left_shoulder"},
                                                          {"lelbow", "left_elbow"},
                                                          {"lwrist", "left_wrist"},
                                                          {"rhip", "right_hip"},
                                                          {"rknee", "right_knee"},
                                                          {"rankle", "right_ankle"},
                                                          {"lhip", "left_hip"},
                                                          {"lknee", "left_knee"},
                                                          {"lankle", "left_ankle"},
                                                          {"reye", "right_eye"},
                                                          {"leye", "left_eye"},
                                                          {"rear", "right_ear"},
                                                          {"lear", "left_ear"},
                                                          {"lheel", "left_heel"},
                                                          {"rheel", "right_heel"},
                                                          {"lbigtoe", "left_foot_index"},
                                                          {"rbigtoe", "right_foot_index"},
                                                          {"left_big_toe", "left_foot_index"},
                                                          {"right_big_toe", "right_foot_index"}};
    return names;
}

/// OpenPose's names of a hand's points, in MediaPipe's order.
constexpr std::array<std::string_view, 21> openpose_hand{
    "base",  "t_stt", "t_bcmc", "t_mcp", "t_ip",  "i_cmc", "i_mcp", "i_pip", "i_dip", "m_cmc", "m_mcp",
    "m_pip", "m_dip", "r_cmc",  "r_mcp", "r_pip", "r_dip", "p_cmc", "p_mcp", "p_pip", "p_dip"};

std::int64_t hand_place(bool is_left, std::string_view point) {
    return holistic_point((is_left ? "left_hand." : "right_hand.") + std::string{point});
}

/// Returns MediaPipe's name of a numbered hand point of COCO wholebody, "hand_8" or "left_hand_8". The
/// numbers are in MediaPipe's order; the text is empty for other names.
std::string_view numbered_hand_point(std::string_view name) {
    const auto end_of_hand = name.rfind("hand_");
    if (end_of_hand == std::string_view::npos) {
        return {};
    }
    const auto digits = name.substr(end_of_hand + std::string_view{"hand_"}.size());
    std::size_t number = hand_points.size();
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool is_number = error == std::errc{} && end == digits.data() + digits.size();
    return is_number && number < hand_points.size() ? hand_points[number] : std::string_view{};
}

std::int64_t place_in_hand(bool is_left, const std::string& name) {
    if (const auto numbered = numbered_hand_point(name); !numbered.empty()) {
        return hand_place(is_left, numbered);
    }
    const auto* const alias = std::ranges::find(openpose_hand, name);
    return hand_place(is_left, alias == openpose_hand.end()
                                   ? std::string_view{name}
                                   : hand_points[static_cast<std::size_t>(alias - openpose_hand.begin())]);
}

/// Returns the place of a hand's point that is listed with the body: "lthumb1cmc" to "lthumb4fingertip", ...
std::int64_t place_in_hand_of_body(std::string_view name) {
    static constexpr std::array<std::string_view, 5> fingers{"thumb", "index", "middle", "ring", "pinky"};
    constexpr std::size_t points_of_finger = 4;
    if (name.empty() || (name.front() != 'l' && name.front() != 'r')) {
        return not_kept;
    }
    for (std::size_t finger = 0; finger < fingers.size(); ++finger) {
        const auto at = 1 + fingers[finger].size();
        if (name.substr(1).starts_with(fingers[finger]) && name.size() > at && name[at] >= '1' &&
            name[at] < '1' + static_cast<int>(points_of_finger)) {
            const auto point = 1 + finger * points_of_finger + static_cast<std::size_t>(name[at] - '1');
            return hand_place(name.front() == 'l', hand_points[point]);
        }
    }
    return not_kept;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

bool is_hand(const std::string& component) {
    return contains(component, "hand");
}

bool is_body(const std::string& component) {
    return !is_hand(component) && (contains(component, "pose") || contains(component, "body"));
}

std::int64_t place_of(const std::string& component, const std::string& point) {
    const auto name = lower_case(point);
    if (contains(component, "world")) {
        return not_kept;
    }
    if (is_hand(component)) {
        return place_in_hand(contains(component, "left"), name);
    }
    if (!is_body(component)) {
        return not_kept;
    }
    if (const auto place = place_in_hand_of_body(name); place != not_kept) {
        return place;
    }
    const auto alias = body_aliases().find(name);
    return holistic_point("pose." + (alias == body_aliases().end() ? name : alias->second));
}

}  // namespace

PointOrder pose_point_order(const PoseFile& pose) {
    PointOrder order;
    for (const auto& component : pose.components) {
        const auto part = lower_case(component.name);
        for (const auto& point : component.points) {
            order.push_back(place_of(part, point));
        }
    }
    return order;
}

bool shares_wrists(const PoseFile& pose) {
    return std::ranges::any_of(pose.components, [](const PoseFile::Component& component) {
        return is_body(lower_case(component.name)) &&
               std::ranges::any_of(component.points, [](const std::string& point) {
                   return place_in_hand_of_body(lower_case(point)) != not_kept;
               });
    });
}

}  // namespace sslslr::io
