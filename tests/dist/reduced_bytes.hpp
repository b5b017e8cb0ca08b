#pragma once

#include <cstdint>

namespace sslslr::dist {

/// Bytes that this rank has passed to MPI_Iallreduce since the process began. The tests define their own
/// MPI_Iallreduce, which counts them (MPI's profiling interface).
std::int64_t reduced_bytes();

}  // namespace sslslr::dist
