#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "io/data_error.hpp"
#include "io/holistic_points.hpp"
#include "io/import/file_corpus.hpp"
#include "io/import/point_order.hpp"
#include "io/import/pose_file.hpp"
#include "io/lower_case.hpp"

// Folders of .pose files. Points are found by name, MediaPipe's and OpenPose's: files are often reduced.
namespace sslslr::io {
namespace {

namespace fs = std::filesystem;

/// The names that OpenPose's body points have among MediaPipe's; its neck, middle of the hips and toes have none
/// or another meaning.
const std::map<std::string, std::string>& openpose_body() {
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
                                                          {"rbigtoe", "right_foot_index"}};
    return names;
}

/// OpenPose's names of a hand's points, in MediaPipe's order.
constexpr std::array<std::string_view, 21> openpose_hand{
    "base",  "t_stt", "t_bcmc", "t_mcp", "t_ip",  "i_cmc", "i_mcp", "i_pip", "i_dip", "m_cmc", "m_mcp",
    "m_pip", "m_dip", "r_cmc",  "r_mcp", "r_pip", "r_dip", "p_cmc", "p_mcp", "p_pip", "p_dip"};

std::int64_t place_of(const std::string& component, const std::string& point) {
    const auto part = lower_case(component);
    const auto name = lower_case(point);
    const bool is_hand = part.find("hand") != std::string::npos;
    if (part.find("world") != std::string::npos || (!is_hand && part.find("pose") == std::string::npos)) {
        return -1;
    }
    if (!is_hand) {
        const auto alias = openpose_body().find(name);
        return holistic_point("pose." + (alias == openpose_body().end() ? name : alias->second));
    }
    const auto alias = std::ranges::find(openpose_hand, name);
    const auto standard =
        alias == openpose_hand.end()
            ? name
            : std::string{hand_points[static_cast<std::size_t>(alias - openpose_hand.begin())]};
    return holistic_point((part.find("left") != std::string::npos ? "left_hand." : "right_hand.") + standard);
}

PointOrder order_of(const PoseFile& pose) {
    PointOrder order;
    for (const auto& component : pose.components) {
        for (const auto& point : component.points) {
            order.push_back(place_of(component.name, point));
        }
    }
    return order;
}

ImportedClip read_pose(const fs::path& path) {
    const auto pose = read_pose_file(path);
    const auto order = order_of(pose);
    if (std::ranges::all_of(order, [](std::int64_t place) { return place < 0; })) {
        throw DataError{
            path, "expected points of MediaPipe Holistic or OpenPose by their names, found components " +
                      pose.components.front().name + " ... without any"};
    }
    ImportedClip clip;
    clip.fps = pose.fps > 0 && pose.fps < 1000 ? pose.fps : 0;
    clip.landmarks.assign(pose.frames() * import_frame_values, not_detected);
    const std::array<double, 2> scale{std::max(pose.width, 1.0), std::max(pose.height, 1.0)};
    for (std::size_t frame = 0; frame < pose.frames(); ++frame) {
        for (std::size_t point = 0; point < order.size(); ++point) {
            const auto at = frame * order.size() + point;
            if (order[point] < 0 || !(pose.confidence[at] > 0)) {
                continue;
            }
            auto* to = clip.landmarks.data() + frame * import_frame_values +
                       static_cast<std::size_t>(order[point]) * import_coordinates;
            for (std::size_t d = 0; d < pose.dimensions; ++d) {
                // Files differ in what z is measured in: it stays as it lies.
                const auto value = pose.values[at * pose.dimensions + d];
                to[d] = d < scale.size() ? static_cast<float>(value / scale[d]) : value;
            }
        }
    }
    if (pose.people > 1) {
        clip.repairs.emplace_back("several people in the file: the one of the highest confidence kept");
    }
    mark_missing(clip, Missing::nan);
    return clip;
}

}  // namespace

std::unique_ptr<Corpus> open_pose(const CorpusOptions& options) {
    return open_files(options, {".pose"}, read_pose);
}

}  // namespace sslslr::io
