#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "io/corpus/corpus.hpp"

namespace sslslr::io {

/// A file or folder below a folder.
struct TreeFile {
    std::filesystem::path path;
    std::string name;  ///< relative to the folder, with '/' between parts; of files, without extension
};

/// The content of a folder, in natural order of the names: 2 before 10.
struct FolderTree {
    std::vector<TreeFile> files{};  ///< only those with one of the requested extensions
    std::vector<TreeFile> folders{};
};

inline constexpr auto all_depths = std::numeric_limits<std::size_t>::max();

/// Walks through a folder. Follows links, enters each folder once, and skips names of is_system_file().
///
/// The listing receives notes on skipped files, on files that must be converted first, and on links to a
/// folder that is entered anyway. Broken links that may have led to a folder, and folders that cannot be
/// listed, are left out by name. A broken link with one of the extensions is returned as a file.
/// @param extensions  ".npy", compared without case
/// @param depth       folders this many levels down are returned but not entered
/// @throws DataError  the folder itself cannot be listed
FolderTree walk_folder(const std::filesystem::path& folder, const std::vector<std::string>& extensions,
                       Listing& listing, std::size_t depth = all_depths);

/// Returns how to convert a NumPy archive, MATLAB file or spreadsheet to readable files; empty for others.
std::string conversion_of(const std::filesystem::path& path);

/// Returns the files of a walk through a folder, or the file itself if the path is a file.
/// @throws DataError  the path is missing, cannot be listed, or has no file with one of the extensions
std::vector<TreeFile> files_under(const std::filesystem::path& folder,
                                  const std::vector<std::string>& extensions, Listing& listing);

/// Returns the names of the files with an extension directly in a folder, in natural order, without hidden
/// and system files.
/// @param has_skipped  set to true if hidden or system files with the extension were skipped
/// @throws DataError  the folder cannot be listed
std::vector<std::string> files_in(const std::filesystem::path& folder, const std::string& extension,
                                  bool* has_skipped = nullptr);

/// Whether a path exists, even as a broken link. An optional list may be absent, but a broken link to one
/// must be reported as an error when it is opened.
bool has_entry(const std::filesystem::path& path);

/// Compares texts with runs of digits ordered by their number: "2" before "10".
bool naturally_less(const std::string& a, const std::string& b);

/// Returns the name of the innermost folder of a name with '/' between its parts; empty if it has no folder.
std::string folder_of(const std::string& name);

}  // namespace sslslr::io
