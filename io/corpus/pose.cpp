#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include <fmt/format.h>

#include "io/corpus/file_corpus.hpp"
#include "io/corpus/point_order.hpp"
#include "io/corpus/pose_file.hpp"
#include "io/corpus/pose_points.hpp"
#include "io/file/data_error.hpp"
#include "io/file/setting.hpp"

// Folders of .pose files. Points are found by name, because many files have only some of them.
namespace sslslr::io {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_components_shown = 4;
constexpr double largest_pose_fps = 1000;

/// Lists the components for a message: "BODY (nose, ...), FACE (0, ...)".
std::string components_of(const PoseFile& pose) {
    std::string text;
    for (std::size_t i = 0; i < std::min(pose.components.size(), most_components_shown); ++i) {
        const auto& component = pose.components[i];
        text += fmt::format("{}{} ({})", i > 0 ? ", " : "", component.name,
                            component.points.empty() ? "no points" : component.points.front() + ", ...");
    }
    return text + (pose.components.size() > most_components_shown ? ", ..." : "");
}

std::span<float> point_of(std::span<float> frame, std::int64_t place) {
    return frame.subspan(static_cast<std::size_t>(place) * import_coordinates, import_coordinates);
}

/// Copies the body's wrist to a hand that was detected.
void share_wrist(std::span<float> frame, const std::string& hand, const std::string& body_wrist) {
    constexpr std::size_t hand_values = 21 * import_coordinates;
    const auto first = holistic_point(hand + ".wrist");
    const auto points = frame.subspan(static_cast<std::size_t>(first) * import_coordinates, hand_values);
    if (std::ranges::any_of(points, [](float value) { return !std::isnan(value); })) {
        std::ranges::copy(point_of(frame, holistic_point(body_wrist)), point_of(frame, first).begin());
    }
}

void fill_frame(const PoseFile& pose, const PointOrder& order, std::size_t frame, std::span<float> out) {
    const std::array<double, 2> scale{std::max(pose.width, 1.0), std::max(pose.height, 1.0)};
    const auto kept = std::min(pose.dimensions, import_coordinates);  // drops K of XYZK
    for (std::size_t point = 0; point < order.size(); ++point) {
        const auto at = frame * order.size() + point;
        if (order[point] < 0 || !(pose.confidence[at] > 0)) {
            continue;
        }
        const auto to = point_of(out, order[point]);
        for (std::size_t d = 0; d < kept; ++d) {
            // The unit of z differs between files, so z stays unchanged.
            const auto value = pose.values[at * pose.dimensions + d];
            to[d] = d < scale.size() ? static_cast<float>(value / scale[d]) : value;
        }
    }
}

std::vector<std::string> remarks_on(const PoseFile& pose) {
    std::vector<std::string> found;
    if (pose.people == 0) {
        found.emplace_back("no person in the file");
    }
    if (pose.people > 1) {
        found.emplace_back("several people in the file: the one with the highest confidence kept");
    }
    if (pose.frames_of_others > 0) {
        found.emplace_back(
            "several people in the file: frames without the person kept are treated as not detected (did the "
            "tracker swap people?)");
    }
    if (!(pose.fps > 0 && pose.fps < largest_pose_fps)) {
        found.emplace_back(
            fmt::format("no frame rate in the file: set it with {} if it matters", setting("fps")));
    }
    if (pose.width == 0 || pose.height == 0) {
        found.emplace_back("no image size in the file: x and y kept as they are, possibly in pixels");
    }
    return found;
}

ImportedClip read_pose(const fs::path& path) {
    const auto pose = read_pose_file(path);
    const auto order = pose_point_order(pose);
    if (std::ranges::all_of(order, [](std::int64_t place) { return place < 0; })) {
        throw DataError{path,
                        "expected points of the body or hands named as in MediaPipe Holistic, OpenPose or "
                        "COCO wholebody, found components " +
                            components_of(pose) + "; convert the file to one of these layouts"};
    }
    ImportedClip clip;
    clip.fps = pose.fps > 0 && pose.fps < largest_pose_fps ? pose.fps : 0;
    clip.landmarks.assign(pose.frames() * import_frame_values, not_detected);
    clip.repairs = remarks_on(pose);
    const bool has_shared_wrists = shares_wrists(pose);
    for (std::size_t frame = 0; frame < pose.frames(); ++frame) {
        const auto values =
            std::span{clip.landmarks}.subspan(frame * import_frame_values, import_frame_values);
        fill_frame(pose, order, frame, values);
        if (has_shared_wrists) {
            share_wrist(values, "left_hand", "pose.left_wrist");
            share_wrist(values, "right_hand", "pose.right_wrist");
        }
    }
    mark_missing(clip, Missing::nan);
    return clip;
}

}  // namespace

std::unique_ptr<Corpus> open_pose(const CorpusOptions& options) {
    return open_files(options, {".pose"}, read_pose);
}

}  // namespace sslslr::io
