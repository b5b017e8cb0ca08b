#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace sslslr::io {

/// The files that a pattern such as "store-*.h5" names, sorted; none if there are none. A file whose own name looks like a
/// pattern is itself.
std::vector<std::filesystem::path> files_matching(const std::string& pattern);

}  // namespace sslslr::io
