#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace sslslr::io {

/// A file below a folder.
struct TreeFile {
    std::filesystem::path path;
    std::string name;  ///< relative to the folder, without extension, parts joined by '/'
};

/// Files of one of the extensions (".npy", compared without case) below a folder, or the file itself if the
/// path is one; in natural order: 2 before 10. Links to folders are not followed.
/// @throws DataError  the path is missing, cannot be listed, or holds no such file
std::vector<TreeFile> files_under(const std::filesystem::path& folder,
                                  const std::vector<std::string>& extensions);

/// Names of the folders directly below one, or of its files with an extension, in natural order.
std::vector<std::string> folders_in(const std::filesystem::path& folder);
std::vector<std::string> files_in(const std::filesystem::path& folder, const std::string& extension);

/// Compares texts, runs of digits by their number.
bool naturally_less(const std::string& a, const std::string& b);

/// The name of the folder that a named file lies in; empty for one that lies at the top.
std::string folder_of(const std::string& name);

}  // namespace sslslr::io
