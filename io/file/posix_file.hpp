#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace sslslr::io {

/// What outlives what.
enum class Durability {
    handed_over,  ///< survives the death of the process
    on_disk       ///< survives that of the machine, too (fsync)
};

/// What tells whether a file was written to in between: its length, and when its content last changed.
struct FileState {
    std::uint64_t bytes = 0;
    std::int64_t modified = 0;  ///< nanoseconds of the epoch

    bool operator==(const FileState&) const = default;
};

/// Sole owner of a file descriptor on a regular file.
class PosixFile {
public:
    enum class Access {
        read,
        read_write,
        create  ///< read and write; an empty file is made where there is none
    };

    /// @throws DataError  missing, not permitted, or not a regular file (a pipe would block the run)
    explicit PosixFile(const std::filesystem::path& path, Access access = Access::read);
    PosixFile(PosixFile&& other) noexcept;
    PosixFile& operator=(PosixFile&& other) noexcept;
    ~PosixFile();

    int descriptor() const noexcept { return descriptor_; }
    const std::filesystem::path& path() const noexcept { return path_; }
    std::uint64_t bytes() const { return state().bytes; }
    FileState state() const;

    /// Fills `out` from `offset`. @throws DataError  the file ends before, or the system refuses
    void read(std::uint64_t offset, std::span<std::byte> out) const;
    /// @throws DataError  the system refuses (a full disk)
    void write(std::uint64_t offset, std::span<const std::byte> bytes) const;
    /// Waits until the content is on the disk.
    void sync() const;
    /// Cuts the file off behind its first `bytes` bytes.
    void truncate(std::uint64_t bytes) const;

    /// Takes a lock that no other opening of the file can take meanwhile, in this process, another one or on
    /// another node (where the file system has locks: `sslslr doctor` checks). It ends with this object or its
    /// process, however that dies.
    ///
    /// An open file description lock: unlike classic POSIX locks it is not lost when another part of the
    /// process opens and closes the same file. Not for files opened for reading alone.
    /// @return false if another opening holds it
    /// @throws DataError  the file system has no locks
    bool try_lock() const;
    /// Waits for it. @throws DataError  the file system has no locks, or the wait was longer than `limit`
    void lock(std::chrono::seconds limit) const;

private:
    std::filesystem::path path_;
    int descriptor_ = -1;
};

/// A file that appears whole or not at all: it is built under a temporary name beside `path` and renamed by
/// commit().
///
/// The temporary name is always the same, `path` + ".partial", so a killed writer leaves at most one such
/// file and the next one replaces it; hence one writer at a time for each path.
class AtomicFile {
public:
    explicit AtomicFile(std::filesystem::path path);
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    ~AtomicFile();  ///< removes the temporary file unless committed

    const std::filesystem::path& temporary() const noexcept { return temporary_; }

    /// Syncs the temporary file, renames it to `path`, syncs the folder; without syncing, a machine that dies may
    /// leave a file of that name with part of its content.
    /// @throws DataError  the file system refuses
    void commit(Durability durability = Durability::on_disk);

private:
    std::filesystem::path path_;
    std::filesystem::path temporary_;
};

/// Writes a file whole, synced, in the place of one that may be there; its folder must exist.
/// @throws DataError  the file system refuses, a full disk for one
void write_text(const std::filesystem::path& path, std::string_view text);

}  // namespace sslslr::io
