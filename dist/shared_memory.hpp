#pragma once

#include <cstddef>
#include <span>

#include <mpi.h>

#include "dist/communicator.hpp"

namespace sslslr::dist {

/// One block of memory that all ranks of a node see; freed when destroyed.
///
/// Construction, fence() and destruction are collective. The content starts undefined. Errors: MpiError.
class SharedMemory {
public:
    /// @param node   ranks of one node (Communicator::on_this_node, or a split of it)
    /// @param bytes  size of the block; rank 0's counts
    SharedMemory(const Communicator& node, std::size_t bytes);
    ~SharedMemory();
    SharedMemory(SharedMemory&& other) noexcept;
    SharedMemory& operator=(SharedMemory&&) = delete;

    std::span<std::byte> bytes() const noexcept { return bytes_; }
    /// Makes every rank's writes visible to all ranks of the node. Collective.
    void fence() const;

private:
    MPI_Win window_ = MPI_WIN_NULL;
    std::span<std::byte> bytes_;
};

}  // namespace sslslr::dist
