// source_identity OUTPUT.hpp SOURCE...: writes a hash of C++ sources as SSLSLR_CODE_IDENTITY. Comments, blanks and
// line ends do not count, nor does the order of the files.
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "io/file/checksum.hpp"

namespace {

std::string text_of(const std::filesystem::path& path) {
    std::ifstream stream{path};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// The end of the string, character or raw string that starts at `start`; `start` if none does.
std::size_t end_of_literal(const std::string& code, std::size_t start) {
    const auto quote = code[start];
    const bool is_separator = quote == '\'' && start > 0 && is_word(code[start - 1]);  // 10'000
    if ((quote != '"' && quote != '\'') || is_separator) {
        return start;
    }
    if (quote == '"' && start > 0 && code[start - 1] == 'R') {
        const auto open = code.find('(', start);
        const auto close = ")" + code.substr(start + 1, open - start - 1) + "\"";
        return std::min(code.size(), code.find(close, open) + close.size());
    }
    auto end = start + 1;
    while (end < code.size() && code[end] != quote) {
        end += code[end] == '\\' ? 2 : 1;
    }
    return std::min(code.size(), end + 1);
}

/// The end of the comment or blank that starts at `start`; `start` if none does.
std::size_t end_of_gap(const std::string& code, std::size_t start) {
    if (code.compare(start, 2, "//") == 0) {
        return std::min(code.size(), code.find('\n', start));
    }
    if (code.compare(start, 2, "/*") == 0) {
        return std::min(code.size(), code.find("*/", start) + 2);
    }
    return std::isspace(static_cast<unsigned char>(code[start])) != 0 ? start + 1 : start;
}

/// The code with one blank where words would run into each other, and no other gap.
std::string tokens_of(const std::string& code) {
    std::string tokens;
    bool is_apart = false;
    for (std::size_t at = 0; at < code.size();) {
        if (const auto end = end_of_gap(code, at); end > at) {
            is_apart = true;
            at = end;
            continue;
        }
        const auto end = std::max(end_of_literal(code, at), at + 1);
        if (is_apart && !tokens.empty() && is_word(tokens.back()) && is_word(code[at])) {
            tokens += ' ';
        }
        is_apart = false;
        tokens.append(code, at, end - at);
        at = end;
    }
    return tokens;
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::string> texts;
    std::ranges::transform(argv + 2, argv + argc, std::back_inserter(texts),
                           [](const char* path) { return tokens_of(text_of(path)); });
    std::ranges::sort(texts);
    sslslr::io::Checksum checksum;
    for (const auto& text : texts) {
        const auto size = text.size();
        checksum.add(std::as_bytes(std::span{&size, 1}));
        checksum.add(std::as_bytes(std::span{text}));
    }
    char header[64];
    std::snprintf(header, sizeof header, "#define SSLSLR_CODE_IDENTITY \"%016llx\"\n",
                  static_cast<unsigned long long>(checksum.value()));
    if (text_of(argv[1]) != header) {
        std::ofstream{argv[1]} << header;
    }
}
