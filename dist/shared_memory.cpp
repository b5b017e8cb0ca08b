#include "dist/shared_memory.hpp"

#include <exception>
#include <utility>

namespace sslslr::dist {

SharedMemory::SharedMemory(const Communicator& node, std::size_t bytes) {
    // Rank 0 owns all of it: blocks of several ranks need not be adjacent for every rank.
    const auto own = node.rank() == 0 ? static_cast<MPI_Aint>(bytes) : 0;
    void* start = nullptr;
    check(MPI_Win_allocate_shared(own, 1, MPI_INFO_NULL, node.handle(), &start, &window_),
          "MPI_Win_allocate_shared");

    MPI_Aint size = 0;
    int unit = 0;
    check(MPI_Win_shared_query(window_, 0, &size, &unit, &start), "MPI_Win_shared_query");
    bytes_ = {static_cast<std::byte*>(start), static_cast<std::size_t>(size)};
    check(MPI_Win_set_errhandler(window_, MPI_ERRORS_RETURN), "MPI_Win_set_errhandler");
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : window_{std::exchange(other.window_, MPI_WIN_NULL)}, bytes_{std::exchange(other.bytes_, {})} {}

SharedMemory::~SharedMemory() {
    // Collective, so not while leaving alone by an exception (see ~Communicator).
    if (window_ != MPI_WIN_NULL && std::uncaught_exceptions() == 0) {
        MPI_Win_free(&window_);
    }
}

void SharedMemory::fence() const {
    check(MPI_Win_fence(0, window_), "MPI_Win_fence");
}

}  // namespace sslslr::dist
