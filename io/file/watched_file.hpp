#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <span>
#include <string>

#include "io/file/posix_file.hpp"

namespace sslslr::io {

/// A file that other processes may write to while it is read. A check of its content holds for one version().
///
/// Stays the file that was opened, even if another file takes its name. Thread-safe.
class WatchedFile {
public:
    /// @throws DataError  as PosixFile
    explicit WatchedFile(const std::filesystem::path& path) : file_{path} {}

    /// Returns the number of the file's current version. It starts at 1 and grows whenever a call finds
    /// another length or modification time than the call before.
    std::uint32_t version() const;

    const std::filesystem::path& path() const noexcept { return file_.path(); }

    /// Reads `out.size()` bytes from `offset` on.
    /// @throws DataError  the file is too short, or the system refuses
    void read(std::uint64_t offset, std::span<std::byte> out) const;

    /// Reports that the content is no longer the one that was opened. @throws DataError  always
    [[noreturn]] void fail_as_overwritten() const;

private:
    PosixFile file_;
    FileState first_ = file_.state();
    mutable std::mutex mutex_;  ///< guards last_ and version_
    mutable FileState last_ = first_;
    mutable std::uint32_t version_ = 1;
};

}  // namespace sslslr::io
