#pragma once

#include <string>
#include <string_view>

namespace sslslr::io {

/// A UTF-8 text with composed letters taken apart into letter and marks, as macOS writes file names (normal form D): for
/// comparing names that were written on different systems. Covers Latin, Greek, Cyrillic, kana and Hangul; other
/// characters, and bytes that are not UTF-8, stay.
std::string decomposed(std::string_view text);

}  // namespace sslslr::io
