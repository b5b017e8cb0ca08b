#include "io/file/utf8.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace sslslr::io {
namespace {

struct Lead {
    std::size_t bytes;           ///< of the whole character; 0: not a lead byte
    unsigned char least_second;  ///< excludes overlong forms
    unsigned char most_second;   ///< excludes surrogates and values beyond U+10FFFF
};

Lead lead_of(unsigned char byte) {
    if (byte < 0x80) {
        return {1, 0, 0};
    }
    if (byte < 0xC2 || byte > 0xF4) {
        return {0, 0, 0};
    }
    if (byte < 0xE0) {
        return {2, 0x80, 0xBF};
    }
    if (byte < 0xF0) {
        return {3, static_cast<unsigned char>(byte == 0xE0 ? 0xA0 : 0x80),
                static_cast<unsigned char>(byte == 0xED ? 0x9F : 0xBF)};
    }
    return {4, static_cast<unsigned char>(byte == 0xF0 ? 0x90 : 0x80),
            static_cast<unsigned char>(byte == 0xF4 ? 0x8F : 0xBF)};
}

std::string from_utf16(std::string_view bytes, bool is_big_endian) {
    const auto unit = [&](std::size_t at) {
        const auto first = static_cast<unsigned char>(bytes[at]);
        const auto second = static_cast<unsigned char>(bytes[at + 1]);
        return static_cast<char32_t>(is_big_endian ? (first << 8) | second : (second << 8) | first);
    };
    const auto fail = [](std::size_t at) {
        return std::invalid_argument{
            fmt::format("expected UTF-16 as its first bytes say, found half a character at byte {}: is the "
                        "file cut off?",
                        at + 2)};
    };
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 2) {
        if (at + 1 >= bytes.size()) {
            throw fail(at);
        }
        auto point = unit(at);
        if (point >= 0xD800 && point < 0xE000) {
            if (point >= 0xDC00 || at + 3 >= bytes.size() || unit(at + 2) < 0xDC00 ||
                unit(at + 2) >= 0xE000) {
                throw fail(at);
            }
            point = 0x10000 + ((point - 0xD800) << 10) + (unit(at + 2) - 0xDC00);
            at += 2;
        }
        append_utf8(text, point);
    }
    return text;
}

}  // namespace

std::string printable(std::string text) {
    std::ranges::replace_if(
        text, [](unsigned char c) { return (c < ' ' && c != '\n' && c != '\t') || c == 0x7F; }, '?');
    return text;
}

std::string quoted(const std::string& argument) {
    if (!argument.empty() && argument.find_first_of(" \t\n'\"\\$`*?[](){};&|<>#~!") == std::string::npos) {
        return argument;
    }
    std::string text = "'";
    for (const char c : argument) {
        text += c == '\'' ? std::string{"'\\''"} : std::string{c};
    }
    return text + "'";
}

void append_utf8(std::string& text, char32_t point) {
    if (point < 0x80) {
        text += static_cast<char>(point);
        return;
    }
    const int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    constexpr unsigned char leads[]{0xC0, 0xE0, 0xF0};
    text += static_cast<char>(leads[more - 1] | (point >> (6 * more)));
    for (int left = more - 1; left >= 0; --left) {
        text += static_cast<char>(0x80 | ((point >> (6 * left)) & 0x3F));
    }
}

std::size_t first_foreign_byte(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto lead = lead_of(static_cast<unsigned char>(text[at]));
        if (lead.bytes == 0 || lead.bytes > text.size() - at) {
            return at;
        }
        for (std::size_t i = 1; i < lead.bytes; ++i) {
            const auto byte = static_cast<unsigned char>(text[at + i]);
            const auto least = i == 1 ? lead.least_second : 0x80;
            const auto most = i == 1 ? lead.most_second : 0xBF;
            if (byte < least || byte > most) {
                return at;
            }
        }
        at += lead.bytes;
    }
    return std::string_view::npos;
}

std::string shown(std::string_view text) {
    std::string result;
    for (;;) {
        const auto foreign = first_foreign_byte(text);
        result += text.substr(0, foreign);
        if (foreign == std::string_view::npos) {
            return result;
        }
        result += fmt::format("\\x{:02X}", static_cast<unsigned char>(text[foreign]));
        text.remove_prefix(foreign + 1);
    }
}

std::string utf8_of_file(std::string text) {
    using namespace std::string_view_literals;
    const std::string_view bytes{text};
    if (bytes.starts_with("\xEF\xBB\xBF"sv)) {
        return text.substr(3);
    }
    if (bytes.starts_with("\xFF\xFE\0\0"sv) || bytes.starts_with("\0\0\xFE\xFF"sv)) {
        throw std::invalid_argument{"expected text in UTF-8, found UTF-32: save it as UTF-8"};
    }
    if (bytes.starts_with("\xFF\xFE"sv) || bytes.starts_with("\xFE\xFF"sv)) {
        return from_utf16(bytes.substr(2), bytes.front() == '\xFE');
    }
    if (bytes.starts_with("PK\x03\x04"sv)) {
        throw std::invalid_argument{
            "expected text, found a workbook or another zipped file: save the table as 'CSV UTF-8'"};
    }
    return text;
}

}  // namespace sslslr::io
