#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <iterator>
#include <string>
#include <string_view>

namespace sslslr::io {

/// The settings that texts of io and src name. Each is an option of some command, as a test checks.
inline constexpr std::string_view setting_names[] = {
    "data",
    "input",
};

/// One of them: another name does not compile.
class Setting {
public:
    consteval Setting(const char* name) : name_{name} {
        if (std::ranges::find(setting_names, name_) == std::end(setting_names)) {
            throw "setting_names lacks this name";
        }
    }
    std::string_view name() const { return name_; }

private:
    std::string_view name_;
};

/// A setting in a text, with its value if one is given. How it reads is settled where the text is shown: as_options() or
/// as_entries().
std::string setting(Setting which);
std::string setting(Setting which, std::string_view value);
template <class T>
requires std::integral<T> || std::floating_point<T> std::string setting(Setting which, T value) {
    std::array<char, 64> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return setting(which, std::string_view{digits.data(), end});
}

/// The text with its settings as on a command line: "--k1", "--k1 3".
std::string as_options(std::string_view text);
/// The text with its settings as in a file of settings: "k1", "k1 = 3".
std::string as_entries(std::string_view text);

}  // namespace sslslr::io
