#pragma once

#include <algorithm>
#include <string>

namespace sslslr::io {

/// A text with A to Z made small; other letters stay, whatever the locale.
inline std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

}  // namespace sslslr::io
