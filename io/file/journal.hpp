#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include <nlohmann/json.hpp>

#include "io/file/posix_file.hpp"

namespace sslslr::io {

// A journal is a file of JSON records that is only ever appended to: one line each, behind 16 hexadecimal digits
// of XXH3-64 over the record and a space. A writer that dies leaves at most one line without an end; the next
// one ends it, and readers pass over what its checksum does not vouch for.

/// Appends records to an open journal, all of them or none.
///
/// One writer at a time: whoever shares a journal holds its lock meanwhile.
/// @throws DataError  the system refuses (a full disk): the file is cut back to what it held before
void append(const PosixFile& journal, std::span<const nlohmann::json> records, Durability durability);

/// Follows a journal that others write.
class JournalReader {
public:
    /// @param path  may not exist yet: no records then
    explicit JournalReader(std::filesystem::path path) : path_{std::move(path)} {}

    /// The whole records that were appended since the last call. A line without an end waits for its rest.
    ///
    /// Opens the file anew each time: that is when network file systems ask for what other nodes wrote.
    /// @throws DataError  the file cannot be read
    std::vector<nlohmann::json> read_new();

    /// Lines passed over so far because they are damaged.
    std::int64_t damaged() const noexcept { return damaged_; }

private:
    std::filesystem::path path_;
    std::uint64_t offset_ = 0;
    std::int64_t damaged_ = 0;
};

}  // namespace sslslr::io
