#pragma once

#include <c10/util/intrusive_ptr.h>

#include "dist/communicator.hpp"

namespace c10d {
class Store;
}

namespace sslslr::dist {

/// Creates the key-value store through which NCCL's ranks find each other. Rank 0 listens on a free port of
/// one address, which is sent to the other ranks over MPI. Collective.
///
/// The address is that of the interface that NCCL_SOCKET_IFNAME names; otherwise loopback if all ranks share
/// a node; otherwise what rank 0's host name resolves to. Any process that can reach the address can read and
/// write the store while the program runs, so use an address of the cluster's internal network.
/// @throws std::runtime_error  only on rank 0: there is no such interface, the host name resolves to loopback
///                             or not at all, or the address cannot be bound
c10::intrusive_ptr<c10d::Store> make_tcp_store(const Communicator& ranks);

}  // namespace sslslr::dist
