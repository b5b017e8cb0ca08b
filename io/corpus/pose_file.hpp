#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace sslslr::io {

/// A .pose file of the pose-format library, its values as they lie there: mostly pixels.
struct PoseFile {
    struct Component {
        std::string name;                 ///< "POSE_LANDMARKS", "hand_left_keypoints_2d", ...
        std::vector<std::string> points;  ///< names, "WRIST", ...
    };

    double version = 0;
    double width = 0;   ///< of the picture, in pixels
    double height = 0;  ///< likewise
    double depth = 0;   ///< what z is measured in; 0: unknown
    double fps = 0;
    std::vector<Component> components{};
    std::size_t dimensions = 0;  ///< 2 (x, y), 3 (x, y, z) or 4 (and k, the depth that a Kinect measured)
    std::size_t people = 0;      ///< found in the file; the one of the highest mean confidence is kept
    std::size_t frames_of_others = 0;  ///< in which the one kept was not detected and another was
    std::vector<float> values{};       ///< [frames, points of all components, dimensions]
    std::vector<float> confidence{};   ///< [frames, points of all components]; 0: not detected

    std::size_t points() const;
    std::size_t frames() const { return points() == 0 ? 0 : confidence.size() / points(); }
};

/// Reads a .pose file of version 0.0, 0.1 or 0.2. The number of frames of version 0.1 is taken from the file's
/// size: its field has 16 bits and wraps around.
/// @throws DataError  missing, cut off, or of another version
PoseFile read_pose_file(const std::filesystem::path& path);

}  // namespace sslslr::io
