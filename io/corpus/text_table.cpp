#include "io/corpus/text_table.hpp"

#include <algorithm>
#include <array>
#include <ranges>
#include <span>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/corpus/folder_tree.hpp"
#include "io/file/data_error.hpp"
#include "io/file/lower_case.hpp"
#include "io/file/posix_file.hpp"
#include "io/file/utf8.hpp"

namespace sslslr::io {
namespace {

/// Returns the text of a file, converted to UTF-8. UTF-8 itself is not validated.
std::string decoded_text(const std::filesystem::path& path) {
    if (const auto conversion = conversion_of(path); !conversion.empty()) {
        throw DataError{path, fmt::format("expected a text file, found one ending in {}: {}",
                                          path.extension().string(), conversion)};
    }
    try {
        return utf8_of_file(read_text(path));
    } catch (const std::invalid_argument& error) {
        throw DataError{path, error.what()};
    }
}

std::string_view first_line(std::string_view text) {
    const auto begin = std::min(text.find_first_not_of("\r\n"), text.size());
    return text.substr(begin, text.find_first_of("\r\n", begin) - begin);
}

/// Returns the most frequent separator outside quotes in a table's first row; a comma if there is none.
char separator_of(std::string_view text) {
    constexpr std::array candidates{',', ';', '\t'};
    std::array<std::size_t, candidates.size()> counts{};
    bool is_quoted = false;
    for (const char c : first_line(text)) {
        is_quoted = is_quoted != (c == '"');
        const auto place = std::ranges::find(candidates, c);
        if (place != candidates.end() && !is_quoted) {
            ++counts[static_cast<std::size_t>(place - candidates.begin())];
        }
    }
    return candidates[static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin())];
}

/// Splits a text into rows of fields.
class TableParser {
public:
    struct Row {
        std::size_t number;  ///< as a spreadsheet shows it
        std::vector<std::string> fields;
    };

    TableParser(const std::filesystem::path& path, std::string_view text, std::optional<char> separator)
        : path_{path}, rest_{text}, separator_{separator.value_or(',')} {
        constexpr std::string_view hint = "sep=";  // a first line that Excel writes and reads
        if (const auto line = first_line(text); !separator) {
            const bool is_told =
                lower_case(std::string{line}).starts_with(hint) && line.size() == hint.size() + 1;
            separator_ = is_told ? line.back() : separator_of(text);
            rest_.remove_prefix(is_told ? text.find(line) + line.size() : 0);
        }
    }

    std::vector<Row> rows() {
        std::vector<Row> all;
        const bool is_valid = is_utf8(rest_);
        for (std::size_t number = 1; !rest_.empty(); ++number) {
            Row row{number, next_row()};
            if (std::ranges::all_of(row.fields, &std::string::empty)) {
                continue;
            }
            if (!is_valid) {
                refuse_foreign(row, all);
            }
            if (!all.empty()) {
                fit(row, all.front().fields.size());
            }
            all.push_back(std::move(row));
        }
        return all;
    }

private:
    void refuse_foreign(const Row& row, const std::vector<Row>& before) const {
        const auto foreign = std::ranges::find_if_not(row.fields, is_utf8);
        if (foreign == row.fields.end()) {
            return;
        }
        const auto column = static_cast<std::size_t>(foreign - row.fields.begin());
        const auto name =
            before.empty() || column >= before.front().fields.size() || before.front().fields[column].empty()
                ? std::to_string(column + 1)
                : before.front().fields[column];
        throw DataError{path_,
                        fmt::format("row {}, column {}: {}", row.number, name, encoding_problem(*foreign))};
    }

    /// Drops empty fields beyond those of the first row.
    void fit(Row& row, std::size_t count) const {
        while (row.fields.size() > count && row.fields.back().empty()) {
            row.fields.pop_back();
        }
        if (row.fields.size() != count) {
            throw DataError{path_, fmt::format("row {}: expected {} fields as in the first row, found {}",
                                               row.number, count, row.fields.size())};
        }
    }

    std::vector<std::string> next_row() {
        std::vector<std::string> fields;
        for (;;) {
            const auto begin = rest_.find_first_not_of(separator_ == '\t' ? " " : " \t");
            const bool is_quoted = begin != std::string_view::npos && rest_[begin] == '"';
            rest_.remove_prefix(is_quoted ? begin : 0);
            fields.push_back(trimmed(is_quoted ? quoted() : unquoted()));
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

TextTable::TextTable(std::filesystem::path path, std::optional<char> separator, bool has_header)
    : path_{std::move(path)} {
    const auto text = decoded_text(path_);
    for (auto& row : TableParser{path_, text, separator}.rows()) {
        if (has_header && columns_.empty()) {
            columns_ = std::move(row.fields);
        } else {
            rows_.push_back(std::move(row.fields));
            shown_numbers_.push_back(row.number);
        }
    }
}

void TextTable::expect_equal(std::size_t a, std::size_t b) const {
    const auto differs =
        std::ranges::find_if(rows_, [&](const std::vector<std::string>& row) { return row[a] != row[b]; });
    if (differs != rows_.end()) {
        throw DataError{path_, fmt::format("expected one column of this meaning, found two, {} '{}' and {} "
                                           "'{}', which differ in row {}: remove or rename one of them",
                                           a + 1, columns_[a], b + 1, columns_[b],
                                           shown_number(static_cast<std::size_t>(differs - rows_.begin())))};
    }
}

std::vector<std::size_t> TextTable::find_all(const std::vector<std::string_view>& names) const {
    const auto plain = [](std::string_view name) {
        auto text = lower_case(trimmed(name));
        std::ranges::replace_if(
            text, [](char c) { return c == ' ' || c == '-'; }, '_');
        return text;
    };
    std::vector<std::size_t> found;
    for (const auto name : names) {
        const auto before = found.size();
        for (std::size_t column = 0; column < columns_.size(); ++column) {
            if (plain(columns_[column]) != plain(name)) {
                continue;
            }
            if (found.size() == before) {
                found.push_back(column);
            }
            expect_equal(found.back(), column);
        }
    }
    return found;
}

std::optional<std::size_t> TextTable::find(const std::vector<std::string_view>& names) const {
    const auto found = find_all(names);
    for (const auto column : found) {
        expect_equal(found.front(), column);
    }
    return found.empty() ? std::nullopt : std::optional{found.front()};
}

std::size_t TextTable::column(const std::vector<std::string_view>& names) const {
    if (const auto found = find(names)) {
        return *found;
    }
    constexpr std::size_t most_shown = 12;
    throw DataError{
        path_,
        columns_.empty()
            ? "expected a first row that names the columns, found an empty file"
            : fmt::format("expected a column named {}, found the columns {}{}: does "
                          "the first row name the columns?",
                          fmt::join(names, " or "), fmt::join(columns_ | std::views::take(most_shown), ", "),
                          columns_.size() > most_shown ? fmt::format(", ... ({})", columns_.size()) : "")};
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

std::string read_utf8(const std::filesystem::path& path) {
    auto text = decoded_text(path);
    if (const auto foreign = first_foreign_byte(text); foreign != std::string::npos) {
        const std::string_view all{text};
        const auto line_begin = all.rfind('\n', foreign) + 1;  // npos + 1 is 0
        const auto begin = std::max(line_begin, foreign - std::min<std::size_t>(foreign, 30));
        const auto end = std::min({all.find_first_of("\r\n", foreign), foreign + 10, all.size()});
        throw DataError{path, fmt::format("line {}: {}", std::ranges::count(all.substr(0, foreign), '\n') + 1,
                                          encoding_problem(all.substr(begin, end - begin)))};
    }
    return text;
}

std::string encoding_problem(std::string_view text) {
    constexpr std::size_t most_shown = 60;
    const auto high =
        std::ranges::count_if(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    const bool is_mostly_plain = 2 * static_cast<std::size_t>(high) <= text.size();
    return fmt::format(
        "expected text in UTF-8, found '{}': the file looks like {}; save it as UTF-8 (in a spreadsheet: "
        "'CSV UTF-8')",
        shown(text.substr(0, most_shown)),
        is_mostly_plain ? "Latin-1 or Windows-1252" : "text in another encoding");
}

std::string trimmed(std::string_view text) {
    constexpr std::string_view no_break_space = "\xC2\xA0";
    constexpr std::string_view blanks = " \t\r\n\v\f";
    for (;;) {
        if (!text.empty() && blanks.find(text.front()) != std::string_view::npos) {
            text.remove_prefix(1);
        } else if (text.starts_with(no_break_space)) {
            text.remove_prefix(2);
        } else if (!text.empty() && blanks.find(text.back()) != std::string_view::npos) {
            text.remove_suffix(1);
        } else if (text.ends_with(no_break_space)) {
            text.remove_suffix(2);
        } else {
            return std::string{text};
        }
    }
}

}  // namespace sslslr::io
