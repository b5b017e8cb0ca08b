#include "io/file/file_pattern.hpp"

#include <algorithm>

#include <glob.h>

namespace sslslr::io {

std::vector<std::filesystem::path> files_matching(const std::string& pattern) {
    if (std::filesystem::exists(pattern)) {
        return {pattern};
    }
    glob_t found{};
    std::vector<std::filesystem::path> files;
    if (::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found) == 0) {
        files.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    }
    ::globfree(&found);
    std::ranges::sort(files);
    return files;
}

}  // namespace sslslr::io
