#include "io/corpus/system_files.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "io/file/lower_case.hpp"

namespace sslslr::io {
namespace {

// Names used by macOS, Windows, Synology, Linux file systems and Python; in lower case.
constexpr std::array<std::string_view, 12> known_names{"__macosx",
                                                       "__pycache__",
                                                       "$recycle.bin",
                                                       "#recycle",
                                                       "@eadir",
                                                       "desktop.ini",
                                                       "ehthumbs.db",
                                                       "ehthumbs_vista.db",
                                                       "icon\r",
                                                       "lost+found",
                                                       "system volume information",
                                                       "thumbs.db"};
// Windows' mark of a downloaded file. What precedes it depends on the program that copied the file.
constexpr std::string_view download_note = "zone.identifier";
constexpr std::string_view office_lock = "~$";

}  // namespace

bool is_system_file(std::string_view name) {
    const auto lower = lower_case(std::string{name});
    return name.starts_with('.') || name.starts_with(office_lock) || lower.ends_with(download_note) ||
           std::ranges::find(known_names, lower) != known_names.end();
}

}  // namespace sslslr::io
