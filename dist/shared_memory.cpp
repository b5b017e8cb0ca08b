#include "dist/shared_memory.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace sslslr::dist {
namespace {

std::string text_of(int code) {
    return std::generic_category().message(code);
}

std::string in_gigabytes(double bytes) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.3g GB", bytes * 1e-9);
    return text.data();
}

/// A file in the node's memory that its ranks open by name and map; removed when the last of them closes it.
/// All members are collective.
class SharedFile {
public:
    explicit SharedFile(const Communicator& node) : node_{node} {}
    SharedFile(const SharedFile&) = delete;
    SharedFile& operator=(const SharedFile&) = delete;
    ~SharedFile() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }

    void open(std::size_t bytes) {
        std::string name = std::string{shared_memory_folder} + "/sslslr-XXXXXX";
        int error = 0;
        if (node_.rank() == 0) {
            descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
            const bool is_made = descriptor_ >= 0 && ::ftruncate(descriptor_, static_cast<off_t>(bytes)) == 0;
            error = is_made ? 0 : errno;
        }
        name = node_.broadcast(name);
        if (node_.rank() != 0) {
            descriptor_ = ::open(name.c_str(), O_RDWR | O_CLOEXEC);
            error = descriptor_ < 0 ? errno : 0;
        }
        const auto outcomes = node_.all_gather(error == 0 ? "" : text_of(error));
        if (node_.rank() == 0 && descriptor_ >= 0) {
            ::unlink(name.c_str());  // by now every rank has opened it
        }
        throw_if_any(outcomes, bytes);
    }

    /// Each rank allocates its part of the pages, which spreads them over the memory near the ranks'
    /// processors.
    void reserve(std::size_t bytes) const {
        const auto ranks = static_cast<std::size_t>(node_.size());
        const auto begin = bytes / ranks * static_cast<std::size_t>(node_.rank());
        const auto end = node_.rank() + 1 == node_.size() ? bytes : begin + bytes / ranks;
        int error = EINTR;
        while (begin < end && error == EINTR) {
            error =
                ::posix_fallocate(descriptor_, static_cast<off_t>(begin), static_cast<off_t>(end - begin));
        }
        throw_if_any(node_.all_gather(begin == end || error == 0 ? "" : text_of(error)), bytes);
    }

    std::byte* map(std::size_t bytes) const {
        void* const start = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0);
        const auto outcomes = node_.all_gather(start == MAP_FAILED ? text_of(errno) : "");
        const bool is_shared =
            std::ranges::all_of(outcomes, [](const auto& problem) { return problem.empty(); });
        if (!is_shared && start != MAP_FAILED) {
            ::munmap(start, bytes);  // otherwise the pages would stay allocated
        }
        throw_if_any(outcomes, bytes);
        return static_cast<std::byte*>(start);
    }

private:
    static void throw_if_any(const std::vector<std::string>& outcomes, std::size_t bytes) {
        for (const auto& problem : outcomes) {
            if (!problem.empty()) {
                throw SharedMemoryError{"ranks of this node cannot share " +
                                        in_gigabytes(static_cast<double>(bytes)) + " of memory: " + problem +
                                        " in " + describe(shared_memory_space())};
            }
        }
    }

    const Communicator& node_;
    int descriptor_ = -1;
};

std::byte* own_memory(std::size_t bytes) {
    void* const start = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) {
        throw SharedMemoryError{"this node cannot provide " + in_gigabytes(static_cast<double>(bytes)) +
                                " of memory: " + text_of(errno)};
    }
    return static_cast<std::byte*>(start);
}

std::byte* memory_of(const Communicator& node, std::size_t bytes) {
    if (node.size() == 1) {
        return own_memory(bytes);
    }
    SharedFile file{node};
    file.open(bytes);
    file.reserve(bytes);
    return file.map(bytes);
}

}  // namespace

SharedMemorySpace shared_memory_space() {
    struct statvfs space {};
    if (::statvfs(shared_memory_folder, &space) != 0) {
        return {};
    }
    if (space.f_blocks == 0) {  // mounted without a limit
        return {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::max()};
    }
    const auto bytes_of = [&](fsblkcnt_t blocks) {
        return static_cast<std::int64_t>(blocks) * static_cast<std::int64_t>(space.f_frsize);
    };
    return {bytes_of(space.f_blocks), bytes_of(space.f_bavail)};
}

std::string describe(const SharedMemorySpace& space) {
    return std::string{shared_memory_folder} + " (" + in_gigabytes(static_cast<double>(space.bytes)) + ", " +
           in_gigabytes(static_cast<double>(space.available)) + " free)";
}

SharedMemory::SharedMemory(const Communicator& node, std::size_t bytes) : node_{node.duplicate()} {
    const std::size_t size = std::stoull(node_.broadcast(std::to_string(bytes)));
    if (size == 0) {
        return;
    }
    bytes_ = {memory_of(node_, size), size};
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : node_{std::move(other.node_)}, bytes_{std::exchange(other.bytes_, {})} {}

SharedMemory::~SharedMemory() {
    if (!bytes_.empty()) {
        ::munmap(bytes_.data(), bytes_.size());
    }
}

}  // namespace sslslr::dist
