#include "tests/dist/reduced_bytes.hpp"

#include <atomic>

#include <mpi.h>

namespace {

std::atomic<std::int64_t> bytes{0};  // communication threads count, tests read

}  // namespace

extern "C" int MPI_Iallreduce(const void* from, void* to, int count, MPI_Datatype type, MPI_Op operation,
                              MPI_Comm comm, MPI_Request* request) {
    int size = 0;
    MPI_Type_size(type, &size);
    bytes += std::int64_t{count} * size;
    return PMPI_Iallreduce(from, to, count, type, operation, comm, request);
}

namespace sslslr::dist {

std::int64_t reduced_bytes() {
    return bytes;
}

}  // namespace sslslr::dist
