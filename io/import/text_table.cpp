#include "io/import/text_table.hpp"

#include <algorithm>
#include <cctype>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/data_error.hpp"
#include "io/lower_case.hpp"
#include "io/posix_file.hpp"

namespace sslslr::io {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string plain(std::string_view name) {
    while (!name.empty() && std::isspace(static_cast<unsigned char>(name.front())) != 0) {
        name.remove_prefix(1);
    }
    while (!name.empty() && std::isspace(static_cast<unsigned char>(name.back())) != 0) {
        name.remove_suffix(1);
    }
    return lower_case(std::string{name});
}

/// Splits a text into rows of fields.
class TableParser {
public:
    TableParser(const std::filesystem::path& path, std::string_view text, char separator)
        : path_{path}, rest_{text}, separator_{separator} {
        if (rest_.starts_with(byte_order_mark)) {
            rest_.remove_prefix(byte_order_mark.size());
        }
    }

    std::vector<std::vector<std::string>> rows() {
        std::vector<std::vector<std::string>> all;
        while (!rest_.empty()) {
            auto fields = next_row();
            const bool is_blank = fields.size() == 1 && fields.front().empty();
            if (!is_blank && !all.empty() && fields.size() != all.front().size()) {
                throw DataError{path_, fmt::format("row {}: expected {} fields as in the first row, found {}",
                                                   all.size() + 1, all.front().size(), fields.size())};
            }
            if (!is_blank) {
                all.push_back(std::move(fields));
            }
        }
        return all;
    }

private:
    std::vector<std::string> next_row() {
        std::vector<std::string> fields;
        for (;;) {
            fields.push_back(rest_.starts_with('"') ? quoted() : unquoted());
            if (!rest_.starts_with(separator_)) {
                break;
            }
            rest_.remove_prefix(1);
        }
        end_line();
        return fields;
    }

    std::string unquoted() {
        const char stops[] = {separator_, '\r', '\n'};
        const auto end = std::min(rest_.find_first_of(std::string_view{stops, 3}), rest_.size());
        std::string field{rest_.substr(0, end)};
        rest_.remove_prefix(end);
        return field;
    }

    std::string quoted() {
        const auto opened = line_;
        std::string field;
        rest_.remove_prefix(1);
        for (;;) {
            const auto end = rest_.find('"');
            if (end == std::string_view::npos) {
                throw DataError{path_,
                                fmt::format("line {}: the quote that opens there is never closed", opened)};
            }
            line_ += static_cast<std::size_t>(std::ranges::count(rest_.substr(0, end), '\n'));
            field += rest_.substr(0, end);
            rest_.remove_prefix(end + 1);
            if (!rest_.starts_with('"')) {
                return field + unquoted();
            }
            field += '"';
            rest_.remove_prefix(1);
        }
    }

    void end_line() {
        if (rest_.starts_with("\r\n")) {
            rest_.remove_prefix(1);
        }
        if (!rest_.empty()) {
            rest_.remove_prefix(1);
        }
        ++line_;
    }

    const std::filesystem::path& path_;
    std::string_view rest_;
    char separator_;
    std::size_t line_ = 1;
};

}  // namespace

TextTable::TextTable(std::filesystem::path path, char separator, bool has_header) : path_{std::move(path)} {
    rows_ = TableParser{path_, read_text(path_), separator}.rows();
    if (has_header && !rows_.empty()) {
        columns_ = std::move(rows_.front());
        rows_.erase(rows_.begin());
    }
}

std::optional<std::size_t> TextTable::find(const std::vector<std::string_view>& names) const {
    for (const auto name : names) {
        const auto place = std::ranges::find(columns_, plain(name), plain);
        if (place != columns_.end()) {
            return static_cast<std::size_t>(place - columns_.begin());
        }
    }
    return std::nullopt;
}

std::size_t TextTable::column(const std::vector<std::string_view>& names) const {
    if (const auto found = find(names)) {
        return *found;
    }
    throw DataError{path_, fmt::format("expected a column named {}, found the columns {}",
                                       fmt::join(names, " or "), fmt::join(columns_, ", "))};
}

std::string read_text(const std::filesystem::path& path, std::size_t limit) {
    const PosixFile file{path};
    if (file.bytes() > limit) {
        throw DataError{path, fmt::format("expected at most {} bytes, found {}", limit, file.bytes())};
    }
    std::string text(file.bytes(), '\0');
    file.read(0, std::as_writable_bytes(std::span{text}));
    return text;
}

}  // namespace sslslr::io
