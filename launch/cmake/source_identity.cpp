// source_identity OUTPUT.hpp SOURCE...: writes a hash of C++ sources as SSLSLR_CODE_IDENTITY. The hash
// ignores comments, formatting, #include lines and the order of the files, but not string literals.
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "io/file/checksum.hpp"

namespace {

std::string text_of(const std::filesystem::path& path) {
    std::ifstream stream{path};
    if (!stream) {
        throw std::runtime_error{path.string() + ": cannot be read"};
    }
    return {std::istreambuf_iterator<char>{stream}, {}};
}

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool is_operator(char c) {
    return std::string_view{"+-*/%&|^<>=!:#."}.find(c) != std::string_view::npos;
}

/// Returns the end of the string, character or raw string literal that starts at `start`; `start` if there is
/// none.
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

/// Returns the end of the comment or blank that starts at `start`; `start` if there is none.
std::size_t end_of_gap(const std::string& code, std::size_t start) {
    if (code.compare(start, 2, "//") == 0) {
        return std::min(code.size(), code.find('\n', start));
    }
    if (code.compare(start, 2, "/*") == 0) {
        return std::min(code.size(), code.find("*/", start) + 2);
    }
    return std::isspace(static_cast<unsigned char>(code[start])) != 0 ? start + 1 : start;
}

/// Returns whether a preprocessor directive starts at `start`: a # with only blanks before it on its line.
bool is_directive(const std::string& code, std::size_t start) {
    const auto line = code.find_last_of('\n', start) + 1;
    return code[start] == '#' && code.find_first_not_of(" \t", line) == start;
}

/// Returns a directive with its continuation lines, each gap replaced by a blank; empty for #include, because
/// the included files are hashed themselves. Advances `at` to its end.
std::string directive_at(const std::string& code, std::size_t& at) {
    std::string text;
    bool is_apart = false;
    while (at < code.size() && code[at] != '\n') {
        if (code.compare(at, 2, "\\\n") == 0) {
            at += 2;
            is_apart = true;
        } else if (const auto end = end_of_gap(code, at); end > at) {
            at = end;
            is_apart = true;
        } else {
            const auto stop = std::max(end_of_literal(code, at), at + 1);
            text += (is_apart ? " " : "") + code.substr(at, stop - at);
            is_apart = false;
            at = stop;
        }
    }
    return text.starts_with("#include") || text.starts_with("# include") ? "" : text + '\n';
}

/// Returns the code without gaps, except for one blank where words or operators would otherwise join.
/// Adjacent string literals are merged.
std::string tokens_of(const std::string& code) {
    std::string tokens;
    bool is_apart = false;
    bool is_behind_text = false;
    for (std::size_t at = 0; at < code.size();) {
        if (is_directive(code, at)) {
            const auto directive = directive_at(code, at);
            tokens += (directive.empty() ? "" : "\n") + directive;
            is_behind_text = false;
            continue;
        }
        if (const auto end = end_of_gap(code, at); end > at) {
            is_apart = true;
            at = end;
            continue;
        }
        const auto end = std::max(end_of_literal(code, at), at + 1);
        const bool is_text = code[at] == '"' && end > at + 1 && (at == 0 || !is_word(code[at - 1]));
        if (is_text && is_behind_text) {
            tokens.pop_back();
            tokens.append(code, at + 1, end - at - 1);
        } else {
            const auto before = tokens.empty() ? ' ' : tokens.back();
            const bool would_join =
                (is_word(before) && is_word(code[at])) || (is_operator(before) && is_operator(code[at]));
            tokens += is_apart && would_join ? " " : "";
            tokens.append(code, at, end - at);
        }
        is_behind_text = is_text;
        is_apart = false;
        at = end;
    }
    return tokens;
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc < 3) {
        throw std::runtime_error{"usage: source_identity OUTPUT.hpp SOURCE..."};
    }
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
    if (!std::filesystem::exists(argv[1]) || text_of(argv[1]) != header) {
        std::ofstream stream{argv[1]};
        stream << header << std::flush;
        if (!stream) {
            throw std::runtime_error{std::string{argv[1]} + ": cannot be written"};
        }
    }
} catch (const std::exception& error) {
    std::cerr << "source_identity: " << error.what() << '\n';
    return 1;
}
