#include "io/file/setting.hpp"

#include <fmt/format.h>

namespace sslslr::io {
namespace {

// ASCII control characters that appear in no message and no user's text. They delimit a name and its value.
constexpr char begin_name = '\x1e';
constexpr char end_name = '\x1d';  // followed by the value; absent if there is none
constexpr char end_value = '\x1f';

std::string shown(std::string_view text, std::string_view before_name, std::string_view before_value) {
    std::string shown;
    for (const char each : text) {
        if (each == begin_name) {
            shown += before_name;
        } else if (each == end_name) {
            shown += before_value;
        } else if (each != end_value) {
            shown += each;
        }
    }
    return shown;
}

}  // namespace

std::string setting(Setting which) {
    std::string text{begin_name};
    text += which.name();
    return text + end_value;
}

std::string setting(Setting which, std::string_view value) {
    std::string text{begin_name};
    text += which.name();
    text += end_name;
    text += value;
    return text + end_value;
}

std::string setting(Setting which, double value) {
    return setting(which, fmt::format("{}", value));
}

std::string as_options(std::string_view text) {
    return shown(text, "--", " ");
}

std::string as_entries(std::string_view text) {
    return shown(text, "", " = ");
}

}  // namespace sslslr::io
