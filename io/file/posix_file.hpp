#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace sslslr::io {

/// Which failures written data survives.
enum class Durability {
    handed_over,  ///< survives the end of the process
    on_disk       ///< also survives a crash of the machine (fsync)
};

/// Length and modification time of a file: they differ if the file was written to in between.
struct FileState {
    std::uint64_t bytes = 0;
    std::int64_t modified = 0;  ///< nanoseconds since the epoch

    bool operator==(const FileState&) const = default;
};

/// Sole owner of a file descriptor on a regular file.
class PosixFile {
public:
    enum class Access {
        read,
        read_write,
        create  ///< read and write; a missing file is created empty
    };

    /// @throws DataError  missing, not permitted, or not a regular file (a pipe, for example)
    explicit PosixFile(const std::filesystem::path& path, Access access = Access::read);
    PosixFile(PosixFile&& other) noexcept;
    PosixFile& operator=(PosixFile&& other) noexcept;
    ~PosixFile();

    int descriptor() const noexcept { return descriptor_; }
    const std::filesystem::path& path() const noexcept { return path_; }
    std::uint64_t bytes() const { return state().bytes; }
    FileState state() const;

    /// Reads `out.size()` bytes from `offset` on.
    /// @throws DataError  the file is too short, or the system refuses
    void read(std::uint64_t offset, std::span<std::byte> out) const;
    /// Writes all of `bytes` at `offset`. @throws DataError  the system refuses (a full disk)
    void write(std::uint64_t offset, std::span<const std::byte> bytes) const;
    /// Waits until the content is on the disk (fsync). @throws DataError  the system refuses
    void sync() const;
    /// Sets the length of the file to `bytes`. @throws DataError  the system refuses
    void truncate(std::uint64_t bytes) const;

    /// Takes an exclusive lock on the file, which holds against every other PosixFile of it, in this process,
    /// in other processes and on other nodes (if the file system has locks: `sslslr doctor` checks). The lock
    /// is released with this object or when the process ends, however it ends.
    ///
    /// This is an open file description lock: unlike a classic POSIX lock, it is not lost when another part
    /// of the process opens and closes the same file. The file must be open for writing.
    /// @return false if the lock is already held through another PosixFile
    /// @throws DataError  the file system has no locks
    bool try_lock() const;
    /// Waits for the lock. @throws DataError  the file system has no locks, or `limit` has passed
    void lock(std::chrono::seconds limit) const;

private:
    std::filesystem::path path_;
    int descriptor_ = -1;
};

/// A file that appears whole or not at all: it is written under a temporary name next to `path` and renamed
/// by commit().
///
/// The temporary name is always `path` + ".partial", so a killed writer leaves at most one such file, and the
/// next writer replaces it. Only one writer at a time may write a path.
class AtomicFile {
public:
    explicit AtomicFile(std::filesystem::path path);
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    ~AtomicFile();  ///< removes the temporary file unless committed

    const std::filesystem::path& temporary() const noexcept { return temporary_; }

    /// Syncs the temporary file, renames it to `path` and syncs the folder. With Durability::handed_over
    /// nothing is synced, and a crash of the machine may leave a file of that name with part of its content.
    /// @throws DataError  the file system refuses
    void commit(Durability durability = Durability::on_disk);

private:
    std::filesystem::path path_;
    std::filesystem::path temporary_;
};

/// Writes a file through AtomicFile and syncs it. Replaces an existing file; the folder must exist.
/// @throws DataError  the file system refuses (a full disk)
void write_text(const std::filesystem::path& path, std::string_view text);

}  // namespace sslslr::io
