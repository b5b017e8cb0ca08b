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
    std::string name;  ///< relative to the folder, files without extension, parts joined by '/'
};

/// What lies below a folder, in natural order of the names: 2 before 10.
struct FolderTree {
    std::vector<TreeFile> files{};  ///< those of the extensions asked for
    std::vector<TreeFile> folders{};
};

inline constexpr auto all_depths = std::numeric_limits<std::size_t>::max();

/// Walks through a folder: links are followed, each folder is entered once, and hidden and system files are
/// skipped (system_files.hpp).
///
/// What is skipped, files that must be converted first, links that lead back to a folder that is entered
/// anyway, and broken links that may have led to a folder are named in the listing. A broken link with one of
/// the extensions is a file that cannot be read.
/// @param extensions  ".npy", compared without case
/// @param depth       folders so many levels down are returned but not entered
/// A folder below it that cannot be listed is left out by name.
/// @throws DataError  the folder itself cannot be listed
FolderTree walk_folder(const std::filesystem::path& folder, const std::vector<std::string>& extensions,
                       Listing& listing, std::size_t depth = all_depths);

/// How to save an archive of NumPy, a file of MATLAB or a spreadsheet as files that are read; else empty.
std::string conversion_of(const std::filesystem::path& path);

/// The files of a walk through a folder, or the file itself if the path is one.
/// @throws DataError  the path is missing, cannot be listed, or holds no file of the extensions
std::vector<TreeFile> files_under(const std::filesystem::path& folder,
                                  const std::vector<std::string>& extensions, Listing& listing);

/// Names of the files with an extension directly in a folder, in natural order, without hidden and system files.
/// @param has_skipped  set where there are such files with the extension
/// @throws DataError  the folder cannot be listed
std::vector<std::string> files_in(const std::filesystem::path& folder, const std::string& extension,
                                  bool* has_skipped = nullptr);

/// Whether there is anything of that name. A broken link is something: opening it is an error that names it, while a list
/// that is absent is done without.
bool has_entry(const std::filesystem::path& path);

/// Compares texts, runs of digits by their number.
bool naturally_less(const std::string& a, const std::string& b);

/// The name of the folder that a named file lies in; empty for one that lies at the top.
std::string folder_of(const std::string& name);

}  // namespace sslslr::io
