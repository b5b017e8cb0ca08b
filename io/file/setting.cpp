#include "io/file/setting.hpp"

namespace sslslr::io {
namespace {

// Control characters of ASCII that no text of ours or of a user holds.
constexpr char begin_name = '\x1e';
constexpr char end_name = '\x1d';
constexpr char end_value = '\x1f';

std::string shown(std::string_view text, std::string_view before_name, std::string_view before_value) {
    std::string shown;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == begin_name) {
            shown += before_name;
        } else if (text[at] == end_name) {
            shown += at + 1 < text.size() && text[at + 1] == end_value ? "" : before_value;
        } else if (text[at] != end_value) {
            shown += text[at];
        }
    }
    return shown;
}

}  // namespace

std::string setting(Setting which) {
    return setting(which, "");
}

std::string setting(Setting which, std::string_view value) {
    std::string text{begin_name};
    text += which.name();
    text += end_name;
    text += value;
    return text + end_value;
}

std::string as_options(std::string_view text) {
    return shown(text, "--", " ");
}

std::string as_entries(std::string_view text) {
    return shown(text, "", " = ");
}

}  // namespace sslslr::io
