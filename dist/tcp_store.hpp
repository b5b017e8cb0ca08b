#pragma once

#include <c10/util/intrusive_ptr.h>

#include "dist/communicator.hpp"

namespace c10d {
class Store;
}

namespace sslslr::dist {

/// The key-value store in which NCCL's ranks find each other: rank 0 listens on a free port of one address, which MPI
/// carries to the others. Collective.
///
/// The address: of the interface that NCCL_SOCKET_IFNAME names; else loopback if all ranks share a node; else what
/// rank 0's host name stands for. Whoever reaches that address can read and write the store while the program runs, so
/// it belongs on the cluster's own network.
/// @throws std::runtime_error  on rank 0 alone: no such interface, or the host name stands for loopback
c10::intrusive_ptr<c10d::Store> make_tcp_store(const Communicator& ranks);

}  // namespace sslslr::dist
