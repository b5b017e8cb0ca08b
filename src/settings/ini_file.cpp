#include "src/settings/ini_file.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

#include <fmt/format.h>

#include "src/errors.hpp"

namespace sslslr {
namespace {

bool is_blank(char c) {
    return std::isspace(static_cast<unsigned char>(c)) != 0;
}

std::string trimmed(const std::string& text) {
    const auto first = std::ranges::find_if_not(text, is_blank);
    const auto last = std::find_if_not(text.rbegin(), std::make_reverse_iterator(first), is_blank).base();
    return {first, last};
}

/// Returns the position after the closing quote of the quoted text that begins at `at`; npos if it is not
/// closed.
std::size_t end_of_quoted(const std::string& text, std::size_t at) {
    for (std::size_t i = at + 1; i < text.size(); ++i) {
        if (text[i] == '"') {
            return i + 1;
        }
        const bool escapes =
            text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\');
        i += escapes ? 1 : 0;
    }
    return std::string::npos;
}

/// Returns whether a quote at `at` opens a quoted text, rather than being part of a word.
bool opens_quoted(const std::string& text, std::size_t at) {
    return text[at] == '"' && (at == 0 || is_blank(text[at - 1]) || text[at - 1] == '=');
}

std::string without_comment(const std::string& line) {
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '#') {
            return line.substr(0, i);
        }
        if (const auto end = opens_quoted(line, i) ? end_of_quoted(line, i) : std::string::npos;
            end != std::string::npos) {
            i = end - 1;
        }
    }
    return line;
}

IniLine line_of(const std::string& text, std::size_t number, const std::string& what) {
    const auto equals = text.find('=');
    const auto name = trimmed(text.substr(0, equals));
    if (equals == std::string::npos || name.empty()) {
        throw ConfigError{
            fmt::format("{}, line {}: expected name = value, found '{}'", what, number, text.substr(0, 60))};
    }
    return {name, trimmed(text.substr(equals + 1)), number};
}

void use_plain_line_ends(std::string& text) {
    for (auto at = text.find("\r\n"); at != std::string::npos; at = text.find("\r\n", at)) {
        text.erase(at, 1);
    }
    std::ranges::replace(text, '\r', '\n');
}

}  // namespace

std::string read_text(const std::string& path, const std::string& what) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        const auto own = std::filesystem::path{path} / "config.ini";
        throw ConfigError{fmt::format("{}: expected a file, found a folder{}", what,
                                      std::filesystem::exists(own, error) ? ": give " + own.string() : "")};
    }
    if (!std::filesystem::exists(path, error)) {
        throw ConfigError{what + ": no such file"};
    }
    std::ifstream file{path, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    if (!file) {
        throw ConfigError{
            fmt::format("{}: cannot be read: {}", what, std::generic_category().message(errno))};
    }
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") ||
        text.find('\0') != std::string::npos) {
        throw ConfigError{what +
                          ": not UTF-8 text (it looks like UTF-16 or a binary file): save it as UTF-8"};
    }
    if (text.starts_with("\xEF\xBB\xBF")) {
        text.erase(0, 3);
    }
    use_plain_line_ends(text);
    return text;
}

std::vector<IniSection> parse_ini(const std::string& text, const std::string& what) {
    std::vector<IniSection> sections(1);
    std::istringstream lines{text};
    std::size_t number = 0;
    for (std::string raw; std::getline(lines, raw);) {
        ++number;
        const auto line = trimmed(without_comment(raw));
        if (line.empty() || line.front() == ';') {
            continue;
        }
        if (line.front() == '[' && line.back() == ']') {
            sections.push_back({trimmed(line.substr(1, line.size() - 2)), number, {}});
        } else {
            sections.back().lines.push_back(line_of(line, number, what));
        }
    }
    return sections;
}

std::string place_of(const std::string& what, std::size_t line) {
    return line == 0 ? what : fmt::format("{}, line {}", what, line);
}

std::string unquoted(const std::string& value) {
    if (value.empty() || value.front() != '"' || end_of_quoted(value, 0) != value.size()) {
        return value;
    }
    std::string text;
    for (std::size_t i = 1; i + 1 < value.size(); ++i) {
        const bool escapes =
            value[i] == '\\' && i + 2 < value.size() && (value[i + 1] == '"' || value[i + 1] == '\\');
        i += escapes ? 1 : 0;
        text += value[i];
    }
    return text;
}

std::vector<std::string> entries_of(const std::string& value, const std::string& what) {
    std::error_code ignored;
    if (std::filesystem::exists(value, ignored)) {
        return {value};
    }
    std::vector<std::string> entries;
    for (std::size_t at = 0; at < value.size();) {
        if (is_blank(value[at])) {
            ++at;
            continue;
        }
        auto end = value[at] == '"' ? end_of_quoted(value, at) : at;
        if (end == std::string::npos) {
            throw ConfigError{
                fmt::format("{}: the quote before {} is not closed", what, value.substr(at + 1))};
        }
        while (end < value.size() && !is_blank(value[end])) {
            ++end;
        }
        entries.push_back(unquoted(value.substr(at, end - at)));
        at = end;
    }
    return entries;
}

std::string ini_line(const std::string& name, const std::string& value) {
    const bool is_plain =
        std::ranges::none_of(value, [](char c) { return is_blank(c) || c == '#' || c == '"'; });
    if (is_plain) {
        return fmt::format("{} = {}\n", name, value);
    }
    std::string escaped;
    for (const char c : value) {
        escaped += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
    }
    return fmt::format("{} = \"{}\"\n", name, escaped);
}

}  // namespace sslslr
