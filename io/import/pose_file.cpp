#include "io/import/pose_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <span>

#include <fmt/format.h>

#include "io/data_error.hpp"
#include "io/import/text_table.hpp"

namespace sslslr::io {
namespace {

constexpr std::size_t limb_bytes = 4;
constexpr std::size_t color_bytes = 6;
constexpr std::size_t largest_expansion = 16;  // values a byte of the file
constexpr std::size_t smallest_bound = std::size_t{1} << 22;

/// Little-endian numbers and texts, one after another.
class ByteReader {
public:
    ByteReader(const std::filesystem::path& path, std::string_view bytes) : path_{path}, bytes_{bytes} {}

    template <class T>
    T number() {
        T value;
        std::memcpy(&value, take(sizeof value).data(), sizeof value);
        return value;
    }
    std::size_t u16() { return number<std::uint16_t>(); }
    std::string text() {
        const auto length = u16();
        return std::string{take(length)};
    }
    std::vector<float> floats(std::size_t count) {
        const auto raw = take_array(count, sizeof(float));
        std::vector<float> values(count);
        if (!raw.empty()) {
            std::memcpy(values.data(), raw.data(), raw.size());
        }
        return values;
    }
    void skip(std::size_t count, std::size_t bytes) { take_array(count, bytes); }
    std::size_t left() const { return bytes_.size() - at_; }
    [[noreturn]] void fail(const std::string& problem) const { throw DataError{path_, problem}; }

private:
    std::string_view take_array(std::size_t count, std::size_t bytes) {
        if (count > left() / bytes) {
            fail(fmt::format(
                "expected {} more values of {} bytes from byte {} on, found {} bytes: is the file "
                "cut off?",
                count, bytes, at_, left()));
        }
        return take(count * bytes);
    }
    std::string_view take(std::size_t count) {
        if (count > left()) {
            fail(fmt::format(
                "expected {} more bytes from byte {} on, found {}: is the file cut off, or no .pose "
                "file?",
                count, at_, left()));
        }
        at_ += count;
        return bytes_.substr(at_ - count, count);
    }

    const std::filesystem::path& path_;
    std::string_view bytes_;
    std::size_t at_ = 0;
};

/// Header of a file; `formats` receives the letters of each component ("XYZC").
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
        if (!(format == "XYC" || format == "XYZC")) {
            in.fail("component " + component.name + ": expected values of the form XYC or XYZC, found '" +
                    format.substr(0, 16) + "'");
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

/// Version 0.1 and later: all values, then all confidences, [frames, people, points(, dimensions)].
void read_body(ByteReader& in, PoseFile& pose, bool has_frames) {
    const auto claimed = has_frames ? in.number<std::uint32_t>() : in.u16();
    const auto people = in.u16();
    pose.people = people;
    const auto points = pose.points();
    const auto frame_values = people * points * (pose.dimensions + 1);
    const auto frames = frame_values == 0 ? 0 : in.left() / (frame_values * sizeof(float));
    if (frames * frame_values * sizeof(float) != in.left() ||
        (has_frames && frames != claimed && people > 0)) {
        in.fail(fmt::format("expected {} frames of {} values each, found {} bytes",
                            has_frames ? claimed : frames, frame_values, in.left()));
    }
    const auto values = in.floats(frames * people * points * pose.dimensions);
    const auto confidence = in.floats(frames * people * points);
    std::size_t best = 0;
    double best_mean = -1;
    for (std::size_t person = 0; person < people; ++person) {
        double mean = 0;
        for (std::size_t frame = 0; frame < frames; ++frame) {
            mean += mean_of(std::span{confidence}.subspan((frame * people + person) * points, points));
        }
        if (mean > best_mean) {
            best = person;
            best_mean = mean;
        }
    }
    for (std::size_t frame = 0; frame < frames; ++frame) {
        const auto at = (frame * people + best) * points;
        const auto first = values.begin() + static_cast<std::ptrdiff_t>(at * pose.dimensions);
        pose.values.insert(pose.values.end(), first,
                           first + static_cast<std::ptrdiff_t>(points * pose.dimensions));
        const auto sure = confidence.begin() + static_cast<std::ptrdiff_t>(at);
        pose.confidence.insert(pose.confidence.end(), sure, sure + static_cast<std::ptrdiff_t>(points));
    }
}

/// One person of one frame of version 0.0: for each component its points, confidence last in each.
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

/// Version 0.0: frame by frame, as many people as each has; the most confident of each frame is kept.
void read_first_body(ByteReader& in, const std::vector<std::string>& formats, PoseFile& pose) {
    const auto frames = in.u16();
    const auto points = pose.points();
    // A frame without people takes two bytes: without a bound a small file could claim all memory.
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
            in.skip(1, sizeof(std::int16_t));  // its number
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
