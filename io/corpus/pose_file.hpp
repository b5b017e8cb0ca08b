#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace sslslr::io {

/// The content of a .pose file of the pose-format library, with its values unchanged (mostly pixels).
struct PoseFile {
    struct Component {
        std::string name;                 ///< "POSE_LANDMARKS", "hand_left_keypoints_2d", ...
        std::vector<std::string> points;  ///< names: "WRIST", ...
    };

    double version = 0;
    double width = 0;   ///< of the picture, in pixels
    double height = 0;  ///< likewise
    double depth = 0;   ///< unit of z; 0: unknown
    double fps = 0;
    std::vector<Component> components{};
    std::size_t dimensions = 0;  ///< 2 (x, y), 3 (x, y, z) or 4 (also k, the depth measured by a Kinect)
    std::size_t people = 0;      ///< in the file; only the one of highest mean confidence is kept
    std::size_t frames_of_others = 0;  ///< frames in which only people other than the kept one were detected
    std::vector<float> values{};       ///< [frames, points of all components, dimensions]
    std::vector<float> confidence{};   ///< [frames, points of all components]; 0: not detected

    std::size_t points() const;
    std::size_t frames() const { return points() == 0 ? 0 : confidence.size() / points(); }
};

/// Reads a .pose file of version 0.0, 0.1 or 0.2. In version 0.1, the number of frames follows from the size
/// of the file, because the 16-bit field wraps around.
/// @throws DataError  missing, truncated, or of another version
PoseFile read_pose_file(const std::filesystem::path& path);

}  // namespace sslslr::io
