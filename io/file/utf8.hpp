#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sslslr::io {

/// The offset of the first byte that is not UTF-8 (RFC 3629), or npos.
std::size_t first_foreign_byte(std::string_view text);
inline bool is_utf8(std::string_view text) {
    return first_foreign_byte(text) == std::string_view::npos;
}

/// The text with each byte that is not UTF-8 as "\xE9", for messages.
std::string shown(std::string_view text);

/// A text that may come from a file, without what would move a terminal's cursor or change its colours.
std::string printable(std::string text);

/// As a shell takes it for one word.
std::string quoted(const std::string& argument);

/// Appends a character, at most U+10FFFF.
void append_utf8(std::string& text, char32_t point);

/// A text in the encoding of a UTF-8, UTF-16 or UTF-32 file as UTF-8, without byte order mark. UTF-16 is recognised
/// by its mark; other bytes are returned as they are.
/// @throws std::invalid_argument  names the encoding that is not read or the unit that stands alone
std::string utf8_of_file(std::string text);

}  // namespace sslslr::io
