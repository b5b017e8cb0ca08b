#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sslslr::io {

/// Returns the offset of the first byte that is not UTF-8 (RFC 3629), or npos.
std::size_t first_foreign_byte(std::string_view text);
inline bool is_utf8(std::string_view text) {
    return first_foreign_byte(text) == std::string_view::npos;
}

/// Returns the text with each byte that is not UTF-8 written as "\xE9", for messages.
std::string shown(std::string_view text);

/// Returns a text with each control character except newline and tab replaced by '?'. Text from files could
/// otherwise move a terminal's cursor or change its colours.
std::string printable(std::string text);

/// Returns the argument quoted, if necessary, so that a POSIX shell reads it as one word.
std::string quoted(const std::string& argument);

/// Appends a character, at most U+10FFFF, as UTF-8.
void append_utf8(std::string& text, char32_t point);

/// Converts the content of a text file to UTF-8 and removes a byte order mark. UTF-16 is recognised by its
/// mark; text without a mark is returned unchanged.
/// @throws std::invalid_argument  UTF-32, a zipped file, or UTF-16 with an unpaired surrogate or half a unit
std::string utf8_of_file(std::string text);

}  // namespace sslslr::io
