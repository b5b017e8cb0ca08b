#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

// .pose files, written byte by byte to the format's specification (sign-language-processing/pose,
// docs/specs).
namespace sslslr::io::test {

struct PoseSketch {
    struct Component {
        std::string name;
        std::vector<std::string> points;
    };
    float version = 0.1F;
    std::uint16_t width = 100;
    std::uint16_t height = 50;
    float fps = 25;
    std::string format = "XYC";
    std::vector<Component> components{{"POSE_LANDMARKS", {"NOSE", "LEFT_SHOULDER"}},
                                      {"RIGHT_HAND_LANDMARKS", {"WRIST"}}};
    std::size_t people = 1;
    std::size_t frames = 2;
    std::vector<float> values{};      ///< [frames, people, points, coordinates]
    std::vector<float> confidence{};  ///< [frames, people, points]

    std::size_t coordinates() const { return format.size() - 1; }
    std::size_t points() const {
        std::size_t sum = 0;
        for (const auto& component : components) {
            sum += component.points.size();
        }
        return sum;
    }
};

template <class T>
void put(std::string& to, T value) {
    to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

inline void put_text(std::string& to, const std::string& text) {
    put(to, static_cast<std::uint16_t>(text.size()));
    to += text;
}

inline std::string pose_header(const PoseSketch& pose) {
    std::string out;
    put(out, pose.version);
    put(out, pose.width);
    put(out, pose.height);
    put(out, std::uint16_t{0});
    put(out, static_cast<std::uint16_t>(pose.components.size()));
    for (const auto& component : pose.components) {
        put_text(out, component.name);
        put_text(out, pose.format);
        put(out, static_cast<std::uint16_t>(component.points.size()));
        put(out, std::uint16_t{1});  // limbs
        put(out, std::uint16_t{1});  // colours
        for (const auto& point : component.points) {
            put_text(out, point);
        }
        out.append(4 + 6, '\0');
    }
    return out;
}

inline std::string pose_bytes(const PoseSketch& pose) {
    auto out = pose_header(pose);
    const auto points = pose.points();
    if (pose.version < 0.05F) {
        put(out, static_cast<std::uint16_t>(pose.fps));
        put(out, static_cast<std::uint16_t>(pose.frames));
        for (std::size_t frame = 0; frame < pose.frames; ++frame) {
            put(out, static_cast<std::uint16_t>(pose.people));
            for (std::size_t person = 0; person < pose.people; ++person) {
                put(out, static_cast<std::int16_t>(person));
                for (std::size_t point = 0; point < points; ++point) {
                    const auto at = (frame * pose.people + person) * points + point;
                    for (std::size_t d = 0; d < pose.coordinates(); ++d) {
                        put(out, pose.values[pose.coordinates() * at + d]);
                    }
                    put(out, pose.confidence[at]);
                }
            }
        }
        return out;
    }
    if (pose.version > 0.15F) {
        put(out, pose.fps);
        put(out, static_cast<std::uint32_t>(pose.frames));
    } else {
        put(out, static_cast<std::uint16_t>(pose.fps));
        put(out, std::uint16_t{9});  // the number of frames wraps around: readers must not trust it
    }
    put(out, static_cast<std::uint16_t>(pose.people));
    for (const auto value : pose.values) {
        put(out, value);
    }
    for (const auto value : pose.confidence) {
        put(out, value);
    }
    return out;
}

}  // namespace sslslr::io::test
