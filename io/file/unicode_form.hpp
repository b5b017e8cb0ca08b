#pragma once

#include <string>
#include <string_view>

namespace sslslr::io {

/// Returns a UTF-8 text with composed letters decomposed into letter and combining marks (normal form D, in
/// which macOS writes file names), for comparing names from different systems. Covers Latin, Greek, Cyrillic,
/// kana and Hangul; other characters stay. A text that is not UTF-8 is returned unchanged.
std::string decomposed(std::string_view text);

}  // namespace sslslr::io
