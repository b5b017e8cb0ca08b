#include "src/settings/program.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <sstream>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "code_identity.hpp"  // made by launch/cmake/source_identity.cpp
#include "src/errors.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

/// The nearest folder above the executable that holds `path`; empty if none does.
fs::path folder_above_executable(const std::string& path) {
    std::error_code ignored;
    auto folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
    while (!fs::exists(folder / path, ignored)) {
        if (folder == folder.root_path()) {
            return {};
        }
        folder = folder.parent_path();
    }
    return folder;
}

/// Where the program's files are. @param path  one of them, which every place must hold
fs::path home_with(const std::string& path) {
    const auto* const home = std::getenv("SSLSLR_HOME");
    return home != nullptr && *home != '\0' ? fs::path{home} : folder_above_executable(path);
}

}  // namespace

std::string program_version() {
    return SSLSLR_VERSION;
}

std::string code_identity() {
    return SSLSLR_CODE_IDENTITY;
}

std::string named_code(const std::string& code) {
    return code.empty() ? "unknown" : code;
}

std::string note_of_code(const std::string& run, const std::string& trained_by) {
    return trained_by == code_identity()
               ? ""
               : fmt::format(
                     "{}: trained by a program of code {}, read by one of code {}: clips may be "
                     "preprocessed otherwise than they were when it was trained",
                     run, named_code(trained_by), code_identity());
}

std::string joined_codes(const std::string& before, const std::string& what, bool accepts,
                         const std::function<void(const std::string&)>& warn, const std::string& how) {
    std::istringstream words{named_code(before)};
    const std::vector<std::string> codes{std::istream_iterator<std::string>{words}, {}};
    if (std::ranges::count(codes, code_identity()) > 0) {
        return before;
    }
    const auto found = fmt::format("{} holds results of code {}, and this program's code is {}", what,
                                   fmt::join(codes, ", "), code_identity());
    if (!accepts) {
        throw ConfigError{fmt::format(
            "{}: results may differ. Use that program (sslslr --version shows the code), start again in "
            "another folder, or {} --accept-other-code, which is recorded",
            found, how)};
    }
    warn(found + ": continued, as --accept-other-code asks");
    return fmt::format("{} {}", fmt::join(codes, " "), code_identity());
}

fs::path file_of_program(const std::string& path) {
    const auto home = home_with(path);
    std::error_code ignored;
    if (home.empty()) {
        throw ConfigError{fmt::format(
            "{}: not found in any folder above the executable, {}: set SSLSLR_HOME to the checkout "
            "that holds it",
            path, fs::read_symlink("/proc/self/exe", ignored).string())};
    }
    if (!fs::exists(home / path, ignored)) {
        throw ConfigError{fmt::format("SSLSLR_HOME={}: expected a checkout of sslslr, found no {} in it",
                                      home.string(), path)};
    }
    return home / path;
}

fs::path python_of(const std::string& environment) {
    const auto* const chosen = std::getenv("SSLSLR_PYTHON");
    if (chosen != nullptr && *chosen != '\0') {
        return chosen;
    }
    const auto home = home_with("io/corpus/python/corpus_server.py");
    return home.empty() ? fs::path{} : home / environment / "bin/python";
}

}  // namespace sslslr
