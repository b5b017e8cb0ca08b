#pragma once

#include <optional>
#include <string>
#include <vector>

namespace sslslr::io {

/// What an HDF5 file states about a clip, or about all clips of a group.
struct Hdf5Facts {
    std::optional<std::string> label{};  ///< "label", "gloss", "sign", "word", "class" or "y"
    std::optional<std::string> signer{};
    std::optional<std::string> fps{};

    /// Returns the fact that an object of this name states, ignoring case; null if it states none.
    std::optional<std::string>* of(const std::string& name);
    /// Returns the label; nothing if none is stated, and an empty text (unlabelled) for a negative number.
    std::optional<std::string> stated_label() const;
    double frames_per_second() const;  ///< 0: unknown
};

/// Whether a group's arrays, by their names, are parts of one clip: "pose", "left_hand" and "right_hand".
bool has_parts(const std::vector<std::string>& arrays);

/// Returns which of a group's arrays holds its clip's landmarks, by the usual names ("landmarks",
/// "keypoints", ...); nothing if there is none, or several.
/// @param has_facts  whether the group states facts about the clip; then a single array of any name is enough
std::optional<std::string> landmarks_among(const std::vector<std::string>& arrays, bool has_facts);

}  // namespace sslslr::io
