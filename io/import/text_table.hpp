#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sslslr::io {

/// Rows of texts, as of a CSV file: quoted fields may hold separators, line ends and doubled quotes (RFC 4180).
class TextTable {
public:
    /// @param has_header  the first row names the columns
    /// @throws DataError  missing, an unclosed quote, or a row of another number of fields than the first
    TextTable(std::filesystem::path path, char separator, bool has_header);

    const std::filesystem::path& path() const noexcept { return path_; }
    const std::vector<std::string>& columns() const noexcept { return columns_; }  ///< empty without header
    std::size_t rows() const noexcept { return rows_.size(); }
    const std::vector<std::string>& row(std::size_t number) const { return rows_[number]; }

    /// The first of the names that is a column, compared without case and blanks at the ends.
    std::optional<std::size_t> find(const std::vector<std::string_view>& names) const;
    /// The same. @throws DataError  there is none: names those expected and those found
    std::size_t column(const std::vector<std::string_view>& names) const;

private:
    std::filesystem::path path_;
    std::vector<std::string> columns_;
    std::vector<std::vector<std::string>> rows_;
};

/// The whole content of a file. @throws DataError  it cannot be read, or holds more than `limit` bytes
std::string read_text(const std::filesystem::path& path, std::size_t limit = std::size_t{4} << 30);

}  // namespace sslslr::io
