#include "io/corpus/pose_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/corpus/byte_reader.hpp"
#include "io/corpus/text_table.hpp"

namespace sslslr::io {
namespace {

constexpr std::size_t limb_bytes = 4;
constexpr std::size_t color_bytes = 6;
constexpr std::size_t largest_expansion = 16;  // values per byte of the file
constexpr std::size_t smallest_bound = std::size_t{1} << 22;

/// The values of a point: K is a depth camera's measurement (AUTSL), C the confidence.
constexpr std::array<std::string_view, 3> known_formats{"XYC", "XYZC", "XYZKC"};

/// Reads the header of a file. @param formats  receives the letters of each component ("XYZC")
PoseFile read_header(ByteReader& in, std::vector<std::string>& formats) {
    PoseFile pose;
    pose.version = in.number<float>();
    pose.width = static_cast<double>(in.u16());
    pose.height = static_cast<double>(in.u16());
    pose.depth = static_cast<double>(in.u16());
    const auto components = in.u16();
    for (std::size_t i = 0; i < components; ++i) {
        PoseFile::Component component{.name = in.text(), .points = {}};
        formats.push_back(in.text());
        const auto points = in.u16();
        const auto limbs = in.u16();
        const auto colors = in.u16();
        for (std::size_t point = 0; point < points; ++point) {
            component.points.push_back(in.text());
        }
        in.skip(limbs, limb_bytes);
        in.skip(colors, color_bytes);
        const auto& format = formats.back();
        if (std::ranges::find(known_formats, format) == known_formats.end()) {
            in.fail(fmt::format(
                "component {}: expected values of the form {}, found '{}'; convert the file to one of "
                "them with the pose-format library",
                component.name, fmt::join(known_formats, ", "), format.substr(0, 16)));
        }
        pose.dimensions = std::max(pose.dimensions, format.size() - 1);
        pose.components.push_back(std::move(component));
    }
    if (pose.points() == 0) {
        in.fail("expected components with points, found none");
    }
    return pose;
}

double mean_of(std::span<const float> values) {
    return values.empty()
               ? 0
               : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// The people of a file of version 0.1 or later.
struct People {
    std::size_t frames;
    std::size_t people;
    std::size_t points;
    std::size_t dimensions;
    std::vector<float> values;      ///< [frames, people, points, dimensions]
    std::vector<float> confidence;  ///< [frames, people, points]

    std::span<const float> confidence_of(std::size_t frame, std::size_t person) const {
        return std::span{confidence}.subspan((frame * people + person) * points, points);
    }
    bool is_detected(std::size_t frame, std::size_t person) const {
        return std::ranges::any_of(confidence_of(frame, person), [](float value) { return value > 0; });
    }
    /// Returns the person of highest mean confidence.
    std::size_t surest() const {
        std::size_t best = 0;
        double best_mean = -1;
        for (std::size_t person = 0; person < people; ++person) {
            double mean = 0;
            for (std::size_t frame = 0; frame < frames; ++frame) {
                mean += mean_of(confidence_of(frame, person));
            }
            if (mean > best_mean) {
                best = person;
                best_mean = mean;
            }
        }
        return best;
    }
    /// Counts the frames in which someone was detected, but not this person.
    std::size_t frames_without(std::size_t kept) const {
        std::size_t count = 0;
        for (std::size_t frame = 0; frame < frames; ++frame) {
            bool is_someone = false;
            for (std::size_t person = 0; person < people && !is_someone; ++person) {
                is_someone = is_detected(frame, person);
            }
            count += is_someone && !is_detected(frame, kept) ? 1 : 0;
        }
        return count;
    }
};

/// Reads the body of version 0.1 or later: all values, [frames, people, points, dimensions], then all
/// confidences, [frames, people, points].
void read_body(ByteReader& in, PoseFile& pose, bool has_frames) {
    const auto claimed = has_frames ? in.number<std::uint32_t>() : in.u16();
    const auto people = in.u16();
    pose.people = people;
    const auto points = pose.points();
    const auto frame_values = people * points * (pose.dimensions + 1);
    const auto frames = frame_values == 0 ? 0 : in.left() / (frame_values * sizeof(float));
    if (frames * frame_values * sizeof(float) != in.left() ||
        (has_frames && frames != claimed && people > 0)) {
        in.fail(fmt::format("expected {} frames of {} values each, found {} bytes: is the file cut off?",
                            has_frames ? claimed : frames, frame_values, in.left()));
    }
    auto values = in.floats(frames * people * points * pose.dimensions);
    const People all{
        frames, people, points, pose.dimensions, std::move(values), in.floats(frames * people * points)};
    const auto best = all.surest();
    pose.frames_of_others = all.frames_without(best);
    for (std::size_t frame = 0; frame < frames; ++frame) {
        const auto sure = all.confidence_of(frame, best);
        const auto first = (frame * people + best) * points * pose.dimensions;
        const auto kept = std::span{all.values}.subspan(first, points * pose.dimensions);
        pose.values.insert(pose.values.end(), kept.begin(), kept.end());
        pose.confidence.insert(pose.confidence.end(), sure.begin(), sure.end());
    }
}

/// Reads a person in a frame of version 0.0: the points of each component, each with its confidence last.
void read_person(ByteReader& in, const std::vector<std::string>& formats, const PoseFile& pose,
                 std::vector<float>& values, std::vector<float>& confidence) {
    for (std::size_t i = 0; i < formats.size(); ++i) {
        const auto width = formats[i].size();
        const auto raw = in.floats(pose.components[i].points.size() * width);
        for (std::size_t at = 0; at < raw.size(); at += width) {
            for (std::size_t d = 0; d < pose.dimensions; ++d) {
                values.push_back(d < width - 1 ? raw[at + d] : 0);
            }
            confidence.push_back(raw[at + width - 1]);
        }
    }
}

/// Reads the body of version 0.0, where each frame has its own number of people. Keeps the most confident
/// person of each frame.
void read_first_body(ByteReader& in, const std::vector<std::string>& formats, PoseFile& pose) {
    const auto frames = in.u16();
    const auto points = pose.points();
    // A frame without people takes two bytes, so without a bound a small file could claim all memory.
    if (const auto values = frames * points * (pose.dimensions + 1);
        values > largest_expansion * in.left() + smallest_bound) {
        in.fail(fmt::format("expected frames with people in them, found {} bytes for {} frames of {} points",
                            in.left(), frames, points));
    }
    for (std::size_t frame = 0; frame < frames; ++frame) {
        const auto people = in.u16();
        pose.people = std::max(pose.people, people);
        std::vector<float> best(points * pose.dimensions);
        std::vector<float> best_confidence(points);
        for (std::size_t person = 0; person < people; ++person) {
            in.skip(1, sizeof(std::int16_t));  // the person's number
            std::vector<float> values;
            std::vector<float> confidence;
            read_person(in, formats, pose, values, confidence);
            if (mean_of(confidence) > mean_of(best_confidence)) {
                best = std::move(values);
                best_confidence = std::move(confidence);
            }
        }
        pose.values.insert(pose.values.end(), best.begin(), best.end());
        pose.confidence.insert(pose.confidence.end(), best_confidence.begin(), best_confidence.end());
    }
}

}  // namespace

std::size_t PoseFile::points() const {
    return std::accumulate(components.begin(), components.end(), std::size_t{0},
                           [](std::size_t sum, const Component& each) { return sum + each.points.size(); });
}

PoseFile read_pose_file(const std::filesystem::path& path) {
    const auto bytes = read_text(path);
    ByteReader in{path, bytes};
    std::vector<std::string> formats;
    auto pose = read_header(in, formats);
    const auto tenths =
        std::isfinite(pose.version) ? std::lround(std::clamp(pose.version, -1.0, 100.0) * 10) : -1;
    switch (tenths) {
        case 0:
            pose.fps = static_cast<double>(in.u16());
            read_first_body(in, formats, pose);
            break;
        case 1:
            pose.fps = static_cast<double>(in.u16());
            read_body(in, pose, false);
            break;
        case 2:
            pose.fps = in.number<float>();
            read_body(in, pose, true);
            break;
        default:
            in.fail(fmt::format("expected a .pose file of version 0.0, 0.1 or 0.2, found version {:.1f}",
                                pose.version));
    }
    if (in.left() != 0) {
        in.fail(fmt::format("expected the end of the file after {} frames, found {} more bytes",
                            pose.frames(), in.left()));
    }
    return pose;
}

}  // namespace sslslr::io
