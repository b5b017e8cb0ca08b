#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include <nlohmann/json.hpp>

#include "io/file/posix_file.hpp"

namespace sslslr::io {

// A journal is an append-only file of JSON records, one per line. A line is the XXH3-64 of the record's text
// as 16 hexadecimal digits, a space, and the text. A writer that dies leaves at most one unfinished line; the
// next writer ends it with a newline, and readers skip every line whose checksum does not match.

/// Appends records to an open journal; if an error occurs, none of them.
///
/// One writer at a time: writers that share a journal hold its lock while they append.
/// @throws DataError  the system refuses (a full disk); the file is truncated to its former length
void append(const PosixFile& journal, std::span<const nlohmann::json> records, Durability durability);

/// Follows a journal that other processes append to.
class JournalReader {
public:
    /// @param path  need not exist yet; until it does, there are no records
    explicit JournalReader(std::filesystem::path path) : path_{std::move(path)} {}

    /// Returns the complete records that were appended since the last call. An unfinished last line is left
    /// for a later call.
    ///
    /// Reopens the file each time, because network file systems fetch what other nodes wrote on open.
    /// @throws DataError  the file cannot be read
    std::vector<nlohmann::json> read_new();

    /// Number of damaged lines skipped so far.
    std::int64_t damaged() const noexcept { return damaged_; }

private:
    std::filesystem::path path_;
    std::uint64_t offset_ = 0;
    std::int64_t damaged_ = 0;
};

}  // namespace sslslr::io
