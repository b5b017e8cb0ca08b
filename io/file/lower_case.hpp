#pragma once

#include <algorithm>
#include <string>

namespace sslslr::io {

/// Returns a text with A to Z in lower case. Other characters stay as they are, in every locale.
inline std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

}  // namespace sslslr::io
