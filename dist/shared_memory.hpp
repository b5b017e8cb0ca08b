#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>

#include "dist/communicator.hpp"

namespace sslslr::dist {

/// Where ranks of a node share memory; containers often have 64 MiB there.
inline constexpr const char* shared_memory_folder = "/dev/shm";

/// What that folder can hold.
struct SharedMemorySpace {
    std::int64_t bytes = 0;      ///< in all; 0: there is no such folder
    std::int64_t available = 0;  ///< not taken yet
};
SharedMemorySpace shared_memory_space();
/// "/dev/shm (0.0671 GB, 0.067 GB free)"
std::string describe(const SharedMemorySpace& space);

/// Memory that ranks of a node were to share could not be had; the same on all of them.
struct SharedMemoryError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One block of memory that all ranks of a node see; freed when destroyed.
///
/// Construction, fence() and destruction are collective. The content starts as zeros. What several ranks
/// share is reserved at once: the system ends a process that touches a page which it promised and does not
/// have. A rank alone takes its pages when it touches them.
class SharedMemory {
public:
    /// @param node   ranks of one node (Communicator::on_this_node, or a split of it); one alone takes memory of its own
    /// @param bytes  size of the block; rank 0's counts
    /// @throws SharedMemoryError  the node has not so much; MpiError
    SharedMemory(const Communicator& node, std::size_t bytes);
    ~SharedMemory();
    SharedMemory(SharedMemory&& other) noexcept;
    SharedMemory& operator=(SharedMemory&&) = delete;

    std::span<std::byte> bytes() const noexcept { return bytes_; }
    /// Makes every rank's writes visible to all ranks of the node. Collective.
    void fence() const { node_.barrier(); }

private:
    Communicator node_;
    std::span<std::byte> bytes_;
};

}  // namespace sslslr::dist
