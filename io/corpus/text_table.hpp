#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sslslr::io {

/// A table of texts, read from a CSV file in UTF-8, or in UTF-16 with a byte order mark. Quoted fields may
/// contain separators, line ends and doubled quotes (RFC 4180). White space around fields, rows with only
/// empty fields, and empty fields beyond the width of the first row are dropped.
class TextTable {
public:
    /// @param separator   nothing: the most frequent of comma, semicolon and tab in the first row
    /// @param has_header  whether the first row names the columns
    /// @throws DataError  missing, in another encoding, or with an unclosed quote or rows of different widths
    TextTable(std::filesystem::path path, std::optional<char> separator, bool has_header);

    const std::filesystem::path& path() const noexcept { return path_; }
    const std::vector<std::string>& columns() const noexcept { return columns_; }  ///< empty without header
    std::size_t rows() const noexcept { return rows_.size(); }
    const std::vector<std::string>& row(std::size_t number) const { return rows_[number]; }
    /// Returns the number that a spreadsheet shows for a row: from 1, counting the header and blank rows.
    std::size_t shown_number(std::size_t row) const { return shown_numbers_[row]; }

    /// Returns the column that has one of the names, which are synonyms. Ignores case, and which of space,
    /// "_" and "-" separates words.
    /// @throws DataError  several columns have one of the names, and differ
    std::optional<std::size_t> find(const std::vector<std::string_view>& names) const;
    /// Returns all columns that have one of the names, in the order of the names.
    /// @throws DataError  two columns have the same name, and differ
    std::vector<std::size_t> find_all(const std::vector<std::string_view>& names) const;
    /// Does the same for a column that must exist. @throws DataError  also if it does not
    std::size_t column(const std::vector<std::string_view>& names) const;

private:
    /// @throws DataError  the two columns differ although they mean the same
    void expect_equal(std::size_t a, std::size_t b) const;

    std::filesystem::path path_;
    std::vector<std::string> columns_;
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::size_t> shown_numbers_;
};

/// Returns the content of a file. @throws DataError  it cannot be read, or has more than `limit` bytes
std::string read_text(const std::filesystem::path& path, std::size_t limit = std::size_t{4} << 30);

/// Returns the content of a text file as UTF-8 without byte order mark.
/// @throws DataError  it cannot be read, or has another encoding (names the line)
std::string read_utf8(const std::filesystem::path& path);

/// Returns what is wrong with a text that is not UTF-8, and how to save it.
std::string encoding_problem(std::string_view text);

/// Returns a text without white space and no-break spaces at its ends.
std::string trimmed(std::string_view text);

}  // namespace sslslr::io
