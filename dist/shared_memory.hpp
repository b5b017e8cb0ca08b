#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>

#include "dist/communicator.hpp"

namespace sslslr::dist {

/// The folder in which ranks of a node share memory; in containers it often has only 64 MiB.
inline constexpr const char* shared_memory_folder = "/dev/shm";

/// The capacity of that folder.
struct SharedMemorySpace {
    std::int64_t bytes = 0;      ///< in total; 0: there is no such folder
    std::int64_t available = 0;  ///< bytes free
};
SharedMemorySpace shared_memory_space();
/// Formats it as text: "/dev/shm (0.0671 GB, 0.067 GB free)".
std::string describe(const SharedMemorySpace& space);

/// Shared memory could not be allocated; all ranks of the node throw it with the same message.
struct SharedMemoryError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A block of memory shared by all ranks of a node; freed when destroyed.
///
/// Construction, fence() and destruction are collective. The block is initially zero. Memory that several
/// ranks share is reserved on construction, because the system kills a process that touches a page which
/// /dev/shm cannot provide. The private memory of a single rank is allocated page by page, on first access.
class SharedMemory {
public:
    /// @param node   ranks of one node (Communicator::on_this_node, or a split of it); a single rank gets
    ///               private memory
    /// @param bytes  size of the block; only rank 0's value is used
    /// @throws SharedMemoryError  the node does not have enough memory; MpiError
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
