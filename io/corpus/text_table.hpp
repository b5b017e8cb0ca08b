#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sslslr::io {

/// Rows of texts, as of a CSV file: quoted fields may hold separators, line ends and doubled quotes (RFC 4180). White
/// space around fields, rows of empty fields, and empty fields beyond those of the first row are dropped. UTF-8, or
/// UTF-16 with its byte order mark.
class TextTable {
public:
    /// @param separator   nothing: comma, semicolon or tab, whichever the first row has most of
    /// @param has_header  the first row names the columns
    /// @throws DataError  missing, in another encoding, an unclosed quote, or a row of another number of fields than
    ///                    the first
    TextTable(std::filesystem::path path, std::optional<char> separator, bool has_header);

    const std::filesystem::path& path() const noexcept { return path_; }
    const std::vector<std::string>& columns() const noexcept { return columns_; }  ///< empty without header
    std::size_t rows() const noexcept { return rows_.size(); }
    const std::vector<std::string>& row(std::size_t number) const { return rows_[number]; }
    /// The number that a spreadsheet shows for a row: from 1, with the header and blank rows counted.
    std::size_t shown_number(std::size_t row) const { return shown_numbers_[row]; }

    /// The column that has one of the names, which mean the same. Case does not count, nor which of space, "_"
    /// and "-" separates words. @throws DataError  several columns have one, and differ
    std::optional<std::size_t> find(const std::vector<std::string_view>& names) const;
    /// All columns that have one of the names, in the order of the names.
    /// @throws DataError  two have the same name, and differ
    std::vector<std::size_t> find_all(const std::vector<std::string_view>& names) const;
    /// The same as find(). @throws DataError  there is none: names those expected and those found
    std::size_t column(const std::vector<std::string_view>& names) const;

private:
    /// @throws DataError  the two columns differ, though both mean one thing
    void expect_equal(std::size_t a, std::size_t b) const;

    std::filesystem::path path_;
    std::vector<std::string> columns_;
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::size_t> shown_numbers_;
};

/// The whole content of a file. @throws DataError  it cannot be read, or holds more than `limit` bytes
std::string read_text(const std::filesystem::path& path, std::size_t limit = std::size_t{4} << 30);

/// The same as UTF-8 without byte order mark. @throws DataError  also for text in another encoding: names the line
std::string read_utf8(const std::filesystem::path& path);

/// What is wrong with a text that is not UTF-8, and how to save it.
std::string encoding_problem(std::string_view text);

/// Without white space at its ends, no-break spaces included.
std::string trimmed(std::string_view text);

}  // namespace sslslr::io
