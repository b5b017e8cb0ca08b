#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace sslslr::io {

/// Returns the files that match a shell pattern ("store-*.h5"), sorted; empty if none does. A pattern that is
/// the path of an existing file stands for that file only.
std::vector<std::filesystem::path> files_matching(const std::string& pattern);

}  // namespace sslslr::io
