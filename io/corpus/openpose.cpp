#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <stdexcept>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/corpus/file_corpus.hpp"
#include "io/corpus/json_file.hpp"
#include "io/corpus/point_order.hpp"
#include "io/corpus/pose_points.hpp"
#include "io/file/data_error.hpp"
#include "io/file/setting.hpp"

// OpenPose's JSON, one file per frame: VIDEO/image_00001_keypoints.json (WLASL), or
// VIDEO_000000000000_keypoints.json. A file is, in pixels,
//   {"people": [{"pose_keypoints_2d": [x, y, confidence, ...],
//                "hand_left_keypoints_2d": ..., "hand_right_keypoints_2d": ...}, ...]}
// Sources: OpenPose, doc/02_output.md; WLASL, code/TGCN (pictures of 256 x 256 pixels).
namespace sslslr::io {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t keypoint_values = 3;  // x, y, confidence
constexpr std::string_view frame_ending = "_keypoints";

struct PictureSize {
    double width = 256;
    double height = 256;
    bool is_given = false;
};

PictureSize picture_size_of(const std::string& text) {
    PictureSize size;
    if (text.empty()) {
        return size;
    }
    const auto* const end = text.data() + text.size();
    const auto [cross, error] = std::from_chars(text.data(), end, size.width);
    const bool has_height = error == std::errc{} && cross != end && *cross == 'x';
    const auto height =
        has_height ? std::from_chars(cross + 1, end, size.height) : std::from_chars_result{end, error};
    constexpr double most = 100'000;
    if (!has_height || height.ec != std::errc{} || height.ptr != end ||
        !(size.width >= 1 && size.width <= most) || !(size.height >= 1 && size.height <= most)) {
        throw std::invalid_argument{setting("picture-size", text) +
                                    ": expected WIDTHxHEIGHT in pixels, such as 1280x720"};
    }
    size.is_given = true;
    return size;
}

/// A part of a person: its key, and the point order for each number of points that it may have.
struct PersonPart {
    std::string key;
    std::vector<PointOrder> orders;
};

PointOrder openpose_order(const std::string& component, std::vector<std::string> points) {
    PoseFile names;
    names.components.push_back({.name = component, .points = std::move(points)});
    return pose_point_order(names);
}

const std::array<PersonPart, 3>& person_parts() {
    static const auto all = [] {
        const std::string body = "pose_keypoints_2d";
        const std::vector<std::string> hand{"BASE",  "T_STT", "T_BCMC", "T_MCP", "T_IP",  "I_CMC", "I_MCP",
                                            "I_PIP", "I_DIP", "M_CMC",  "M_MCP", "M_PIP", "M_DIP", "R_CMC",
                                            "R_MCP", "R_PIP", "R_DIP",  "P_CMC", "P_MCP", "P_PIP", "P_DIP"};
        const auto body_25 = openpose_order(
            body,
            {"Nose", "Neck",    "RShoulder", "RElbow", "RWrist",  "LShoulder", "LElbow", "LWrist", "MidHip",
             "RHip", "RKnee",   "RAnkle",    "LHip",   "LKnee",   "LAnkle",    "REye",   "LEye",   "REar",
             "LEar", "LBigToe", "LSmallToe", "LHeel",  "RBigToe", "RSmallToe", "RHeel"});
        const auto coco_18 = openpose_order(
            body, {"Nose", "Neck", "RShoulder", "RElbow", "RWrist", "LShoulder", "LElbow", "LWrist", "RHip",
                   "RKnee", "RAnkle", "LHip", "LKnee", "LAnkle", "REye", "LEye", "REar", "LEar"});
        return std::array{
            PersonPart{body, {body_25, coco_18}},
            PersonPart{"hand_left_keypoints_2d", {openpose_order("hand_left_keypoints_2d", hand)}},
            PersonPart{"hand_right_keypoints_2d", {openpose_order("hand_right_keypoints_2d", hand)}}};
    }();
    return all;
}

struct FoundPerson {
    std::vector<float> values = std::vector<float>(import_frame_values, not_detected);
    double confidence = 0;  ///< sum over its points
};

void add_part(const fs::path& path, const json& person, const PersonPart& part, FoundPerson& found) {
    const auto list = person.find(part.key);
    if (list == person.end() || list->empty()) {
        return;
    }
    const auto order = std::ranges::find_if(part.orders, [&](const PointOrder& each) {
        return list->is_array() && list->size() == each.size() * keypoint_values;
    });
    if (order == part.orders.end() ||
        !std::ranges::all_of(*list, [](const json& value) { return value.is_number(); })) {
        throw DataError{path, fmt::format("{}: expected {} points of x, y and confidence{}, found {} values",
                                          part.key, part.orders.front().size(),
                                          part.orders.size() > 1 ? " (BODY_25) or 18" : "", list->size())};
    }
    for (std::size_t point = 0; point < order->size(); ++point) {
        const auto number = [&](std::size_t i) { return (*list)[point * keypoint_values + i].get<float>(); };
        if (!(number(2) > 0)) {
            continue;
        }
        found.confidence += number(2);
        if (const auto place = (*order)[point]; place >= 0) {
            const auto at = static_cast<std::size_t>(place) * import_coordinates;
            found.values[at] = number(0);
            found.values[at + 1] = number(1);
        }
    }
}

/// Returns the person of highest confidence in a frame.
/// @param people  raised to the number of people in the frame, if that is larger
FoundPerson read_frame(const fs::path& path, std::size_t& people) {
    const auto content = read_json(path);
    const auto list = content.is_object() ? content.find("people") : content.end();
    if (!content.is_object() || list == content.end() || !list->is_array()) {
        throw DataError{path,
                        "expected OpenPose's JSON, an object with a list of people, found another structure"};
    }
    people = std::max(people, list->size());
    FoundPerson best;
    for (const auto& each : *list) {
        if (!each.is_object()) {
            throw DataError{
                path, "expected each of the people to be an object with keypoints, found something else"};
        }
        FoundPerson person;
        for (const auto& part : person_parts()) {
            add_part(path, each, part, person);
        }
        if (person.confidence > best.confidence) {
            best = std::move(person);
        }
    }
    return best;
}

/// Converts pixels to shares of the picture.
void scale_to_picture(ImportedClip& clip, const PictureSize& size) {
    double widest = 0;
    double highest = 0;
    for (std::size_t at = 0; at < clip.landmarks.size(); at += import_coordinates) {
        widest = std::max(
            widest, static_cast<double>(clip.landmarks[at]));  // std::max ignores a NaN as second argument
        highest = std::max(highest, static_cast<double>(clip.landmarks[at + 1]));
    }
    constexpr double beyond_shares = 2;  // OpenPose's --keypoint_scale 3 and 4 write shares
    if (!size.is_given && widest <= beyond_shares && highest <= beyond_shares) {
        return;
    }
    constexpr double margin = 1.25;
    if (widest > margin * size.width || highest > margin * size.height) {
        clip.repairs.push_back(
            fmt::format("points outside images of {} x {} pixels: set the images' size with {}", size.width,
                        size.height, setting("picture-size")));
    }
    for (std::size_t at = 0; at < clip.landmarks.size(); at += import_coordinates) {
        clip.landmarks[at] = static_cast<float>(clip.landmarks[at] / size.width);
        clip.landmarks[at + 1] = static_cast<float>(clip.landmarks[at + 1] / size.height);
    }
}

struct FrameFile {
    std::int64_t number;  ///< -1: the file's name has none
    fs::path path;
};

ImportedClip read_frames(const std::vector<FrameFile>& frames, const PictureSize& size) {
    ImportedClip clip;
    std::size_t people = 0;
    for (const auto& frame : frames) {
        const auto person = read_frame(frame.path, people);
        clip.landmarks.insert(clip.landmarks.end(), person.values.begin(), person.values.end());
    }
    if (people > 1) {
        clip.repairs.emplace_back(
            "several people in the files: the one with the highest confidence in each frame kept");
    }
    if (frames.back().number - frames.front().number + 1 != std::ssize(frames)) {
        clip.repairs.emplace_back("gaps in the frame numbers: the remaining frames joined");
    }
    scale_to_picture(clip, size);
    mark_missing(clip, Missing::nan);
    return clip;
}

/// The parts of a frame file's name: "00335/image" and 1 for "00335/image_00001_keypoints".
struct FrameName {
    std::string video;
    std::int64_t number;
};

std::optional<FrameName> frame_name_of(std::string name) {
    if (!name.ends_with(frame_ending)) {
        return std::nullopt;
    }
    name.resize(name.size() - frame_ending.size());
    const auto digits = name.find_last_not_of("0123456789") + 1;  // npos + 1 is 0
    std::int64_t number = -1;
    std::from_chars(name.data() + digits, name.data() + name.size(), number);
    name.resize(digits);
    if (name.ends_with('_')) {
        name.pop_back();
    }
    return FrameName{std::move(name), number};
}

class OpenPoseCorpus final : public Corpus {
public:
    explicit OpenPoseCorpus(const CorpusOptions& options) : size_{picture_size_of(options.picture_size)} {
        std::unordered_map<std::string, std::size_t> clip_of_video;
        std::unordered_map<std::string, std::size_t> videos_in_folder;
        std::vector<std::string> videos;
        std::vector<std::string> others;
        for (auto& file : files_under(options.input, {".json"}, listing_)) {
            auto name = frame_name_of(file.name);
            if (!name) {
                others.push_back(file.path.filename().string());
                continue;
            }
            const auto [place, is_new] = clip_of_video.emplace(name->video, videos.size());
            if (is_new) {
                ++videos_in_folder[fs::path{name->video}.parent_path().string()];
                videos.push_back(name->video);
                frames_.emplace_back();
            }
            frames_[place->second].push_back({name->number, std::move(file.path)});
        }
        if (videos.empty()) {
            throw DataError{
                options.input,
                "expected one folder per video with files NAME_NUMBER_keypoints.json, found none"};
        }
        note_others(std::move(others));
        for (std::size_t i = 0; i < videos.size(); ++i) {
            std::ranges::stable_sort(frames_[i], {}, &FrameFile::number);
            const auto folder = fs::path{videos[i]}.parent_path().string();
            const auto own_folder =
                folder.empty() ? fs::weakly_canonical(options.input).filename().string() : folder;
            const auto name = videos_in_folder[folder] == 1 ? own_folder : videos[i];
            listing_.clips.push_back({.name = name, .label = folder_of(name)});
        }
    }

    const Listing& listing() const override { return listing_; }
    ImportedClip read(std::size_t clip) override { return read_frames(frames_.at(clip), size_); }
    std::vector<fs::path> files(std::size_t clip) const override {
        std::vector<fs::path> paths;
        for (const auto& frame : frames_.at(clip)) {
            paths.push_back(frame.path);
        }
        return paths;
    }

private:
    void note_others(std::vector<std::string> names) {
        const auto count = names.size();
        if (count == 0) {
            return;
        }
        constexpr std::size_t most_named = 3;
        names.resize(std::min(count, most_named));
        listing_.notes.push_back(
            fmt::format("{} not named NAME_NUMBER_keypoints.json: not read: {}{}",
                        count == 1 ? "1 .json file is" : fmt::format("{} .json files are", count),
                        fmt::join(names, ", "), count > most_named ? ", ..." : ""));
    }

    PictureSize size_;
    Listing listing_;
    std::vector<std::vector<FrameFile>> frames_;  ///< of each clip
};

}  // namespace

std::unique_ptr<Corpus> open_openpose(const CorpusOptions& options) {
    return std::make_unique<OpenPoseCorpus>(options);
}

}  // namespace sslslr::io
