#pragma once

#include <optional>
#include <string>
#include <vector>

namespace sslslr::io {

/// What an HDF5 file says of a clip, or of all clips of a group.
struct Hdf5Facts {
    std::optional<std::string> label{};  ///< "label", "gloss", "sign", "word", "class" or "y"
    std::optional<std::string> signer{};
    std::optional<std::string> fps{};

    /// The fact that a dataset or an attribute of this name is, in any case of its letters; null if it is none.
    std::optional<std::string>* of(const std::string& name);
    /// The label, or nothing if there is none; empty if it says that the clip has none: an empty text, a negative number.
    std::optional<std::string> stated_label() const;
    double frames_per_second() const;  ///< 0: unknown
};

/// Whether a group's arrays are parts of one clip, such as "pose", "left_hand" and "right_hand", by their names.
bool has_parts(const std::vector<std::string>& arrays);

/// The one of a group's arrays that holds its clip's landmarks, by their usual names ("landmarks", "keypoints", ...).
/// @param has_facts  whether the group says more of the clip: then any single array will do
/// @return nothing if there is none, or several
std::optional<std::string> landmarks_among(const std::vector<std::string>& arrays, bool has_facts);

}  // namespace sslslr::io
