#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <span>
#include <string>

#include "io/file/posix_file.hpp"

namespace sslslr::io {

/// A file that others may write to while it is read: what was checked once must be checked again then.
///
/// It stays the file that was opened, also when another one takes its name. Several threads may use it at once.
class WatchedFile {
public:
    /// @throws DataError  as PosixFile
    explicit WatchedFile(const std::filesystem::path& path) : file_{path} {}

    /// The number of the file's present version, from 1 on: another one after every change of its length or of its
    /// time of modification.
    std::uint32_t version() const;

    const std::filesystem::path& path() const noexcept { return file_.path(); }

    /// Fills `out` from `offset`. @throws DataError  the file ends before, or the system refuses
    void read(std::uint64_t offset, std::span<std::byte> out) const;

    /// @throws DataError  always: the file has not kept the content that it had when it was opened
    [[noreturn]] void fail_as_overwritten() const;

private:
    PosixFile file_;
    FileState first_ = file_.state();
    mutable std::mutex mutex_;  ///< guards the two below
    mutable FileState last_ = first_;
    mutable std::uint32_t version_ = 1;
};

}  // namespace sslslr::io
