#include "io/file/posix_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file/data_error.hpp"

namespace sslslr::io {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& action, int code = errno) {
    throw DataError{path, "cannot " + action + ": " + std::generic_category().message(code)};
}

constexpr std::chrono::microseconds longest_pause{10'000};  ///< between two attempts to lock

struct flock whole_file() {
    struct flock range {};
    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    return range;
}

void sync_folder(const std::filesystem::path& folder) {
    const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        fail(folder, "open the folder");
    }
    const int failed = ::fsync(descriptor);
    const int code = errno;
    ::close(descriptor);
    if (failed != 0 && code != EINVAL) {  // EINVAL: a file system without fsync of folders
        fail(folder, "sync the folder", code);
    }
}

}  // namespace

PosixFile::PosixFile(const std::filesystem::path& path, Access access) : path_{path} {
    // O_NONBLOCK: opening a pipe must not wait for its writer.
    const int flags = access == Access::read         ? O_RDONLY
                      : access == Access::read_write ? O_RDWR
                                                     : O_RDWR | O_CREAT;
    constexpr mode_t everyone = 0666;  // reduced by the user's umask
    descriptor_ = ::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK, everyone);
    if (descriptor_ < 0) {
        fail(path, "open");
    }
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
        ::close(descriptor_);
        throw DataError{path, "not a regular file"};
    }
}

PosixFile::PosixFile(PosixFile&& other) noexcept
    : path_{std::move(other.path_)}, descriptor_{std::exchange(other.descriptor_, -1)} {}

PosixFile& PosixFile::operator=(PosixFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

PosixFile::~PosixFile() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

FileState PosixFile::state() const {
    constexpr std::int64_t a_second = 1'000'000'000;
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) {
        fail(path_, "get the length");
    }
    return {.bytes = static_cast<std::uint64_t>(status.st_size),
            .modified = status.st_mtim.tv_sec * a_second + status.st_mtim.tv_nsec};
}

void PosixFile::read(std::uint64_t offset, std::span<std::byte> out) const {
    while (!out.empty()) {
        const auto count = ::pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            fail(path_, "read");
        }
        if (count == 0) {
            throw DataError{path_, "ends at byte " + std::to_string(offset) + " while it is being read"};
        }
        offset += static_cast<std::uint64_t>(count);
        out = out.subspan(static_cast<std::size_t>(count));
    }
}

void PosixFile::write(std::uint64_t offset, std::span<const std::byte> bytes) const {
    while (!bytes.empty()) {
        const auto count = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            fail(path_, "write");
        }
        offset += static_cast<std::uint64_t>(count);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

void PosixFile::sync() const {
    if (::fsync(descriptor_) != 0) {
        fail(path_, "sync");
    }
}

void PosixFile::truncate(std::uint64_t bytes) const {
    if (::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) {
        fail(path_, "truncate");
    }
}

bool PosixFile::try_lock() const {
    auto whole = whole_file();
    while (::fcntl(descriptor_, F_OFD_SETLK, &whole) != 0) {
        if (errno == EAGAIN || errno == EACCES) {
            return false;
        }
        if (errno != EINTR) {
            fail(path_, "lock");
        }
    }
    return true;
}

void PosixFile::lock(std::chrono::seconds limit) const {
    // Polls, because F_OFD_SETLKW can only be limited by signals.
    const auto end = std::chrono::steady_clock::now() + limit;
    for (std::chrono::microseconds pause{100}; !try_lock(); pause = std::min(2 * pause, longest_pause)) {
        if (std::chrono::steady_clock::now() >= end) {
            throw DataError{path_, "still locked by another process after " + std::to_string(limit.count()) +
                                       " s: find the process that is stopped or hangs, and end it"};
        }
        std::this_thread::sleep_for(pause);
    }
}

AtomicFile::AtomicFile(std::filesystem::path path) : path_{std::move(path)}, temporary_{path_} {
    temporary_ += ".partial";
}

AtomicFile::~AtomicFile() {
    if (!temporary_.empty()) {
        std::error_code ignored;  // a destructor cannot report it
        std::filesystem::remove(temporary_, ignored);
    }
}

void AtomicFile::commit(Durability durability) {
    if (durability == Durability::on_disk) {
        PosixFile{temporary_, PosixFile::Access::read_write}.sync();
    }
    std::error_code error;
    std::filesystem::rename(temporary_, path_, error);
    if (error) {
        throw DataError{path_, "cannot rename " + temporary_.string() + " to it: " + error.message()};
    }
    temporary_.clear();
    if (durability == Durability::on_disk) {
        sync_folder(path_.parent_path());
    }
}

void write_text(const std::filesystem::path& path, std::string_view text) {
    AtomicFile target{path};
    const PosixFile file{target.temporary(), PosixFile::Access::create};
    file.truncate(0);  // drops what a killed writer may have left
    file.write(0, std::as_bytes(std::span{text}));
    target.commit();
}

}  // namespace sslslr::io
