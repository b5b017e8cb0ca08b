#pragma once

#include <cstdint>

namespace sslslr::dist {

/// Bytes that this rank has given to MPI_Iallreduce since the process began: the test's own MPI_Iallreduce
/// counts them (MPI's profiling interface).
std::int64_t reduced_bytes();

}  // namespace sslslr::dist
