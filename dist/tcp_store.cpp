#include "dist/tcp_store.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "dist/host_name.hpp"

namespace sslslr::dist {
namespace {

std::string text_of(const sockaddr* address) {
    char text[INET_ADDRSTRLEN] = {};
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text, sizeof text);
    return text;
}

/// Returns the IPv4 address of the first interface whose name begins with one of `names`, in NCCL's syntax:
/// "ib,eth" gives prefixes, "=ib0" exact names.
/// @throws std::runtime_error  there is none
std::string address_of_interface(const std::string& names) {
    ifaddrs* all = nullptr;
    if (getifaddrs(&all) != 0) {
        throw std::runtime_error{std::string{"cannot list network interfaces: "} + std::strerror(errno)};
    }
    std::string found;
    const bool exactly = names.starts_with('=');
    for (std::size_t begin = exactly ? 1 : 0; begin <= names.size() && found.empty();) {
        const auto end = std::min(names.find(',', begin), names.size());
        const auto name = names.substr(begin, end - begin);
        for (const auto* one = all; one != nullptr && found.empty(); one = one->ifa_next) {
            const std::string interface { one->ifa_name };
            if (one->ifa_addr != nullptr && one->ifa_addr->sa_family == AF_INET && !name.empty() &&
                (exactly ? interface == name : interface.starts_with(name))) {
                found = text_of(one->ifa_addr);
            }
        }
        begin = end + 1;
    }
    freeifaddrs(all);
    if (found.empty()) {
        throw std::runtime_error{
            "NCCL_SOCKET_IFNAME " + names +
            ": no interface of this node with an IPv4 address has this name (`ip address` "
            "lists them)"};
    }
    return found;
}

std::string address_of_host_name() {
    const auto host = host_name();
    addrinfo wanted{};
    wanted.ai_family = AF_INET;
    addrinfo* all = nullptr;
    const int error = getaddrinfo(host.c_str(), nullptr, &wanted, &all);
    auto address = error == 0 ? text_of(all->ai_addr) : std::string{};
    if (error == 0) {
        freeaddrinfo(all);
    }
    if (address.empty() || address.starts_with("127.")) {
        throw std::runtime_error{"host name " + host + " resolves to " +
                                 (address.empty() ? "no address" : address) +
                                 ", which other nodes cannot reach: set NCCL_SOCKET_IFNAME to the "
                                 "network interface of the cluster"};
    }
    return address;
}

std::string address_to_listen_on(bool one_node) {
    const char* const names = std::getenv("NCCL_SOCKET_IFNAME");
    if (names != nullptr && *names != '\0' && *names != '^') {
        return address_of_interface(names);
    }
    return one_node ? "127.0.0.1" : address_of_host_name();
}

/// A bound socket and the port that the system chose.
struct Listener {
    int socket = -1;
    std::uint16_t port = 0;
};

Listener bind_to(const std::string& address) {
    sockaddr_in place{};
    place.sin_family = AF_INET;
    inet_pton(AF_INET, address.c_str(), &place.sin_addr);
    socklen_t length = sizeof place;
    auto* const generic = reinterpret_cast<sockaddr*>(&place);
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0 || ::bind(descriptor, generic, length) != 0 ||
        getsockname(descriptor, generic, &length) != 0) {
        throw std::runtime_error{"cannot listen on " + address + ": " + std::strerror(errno)};
    }
    return {descriptor, ntohs(place.sin_port)};
}

}  // namespace

c10::intrusive_ptr<c10d::Store> make_tcp_store(const Communicator& ranks) {
    const bool one_node = ranks.on_this_node().size() == ranks.size();
    c10d::TCPStoreOptions options;
    options.isServer = ranks.rank() == 0;
    options.waitWorkers = false;
    std::string address;
    c10::intrusive_ptr<c10d::Store> store;
    if (options.isServer) {
        address = address_to_listen_on(one_node);
        const auto [socket, port] = bind_to(address);
        options.masterListenFd = socket;  // the store owns and closes it
        options.port = port;
        store = c10::make_intrusive<c10d::TCPStore>(address, options);
    }
    address = ranks.broadcast(address);
    options.port = static_cast<std::uint16_t>(std::stoi(ranks.broadcast(std::to_string(options.port))));
    if (!options.isServer) {
        store = c10::make_intrusive<c10d::TCPStore>(address, options);
    }
    return store;
}

}  // namespace sslslr::dist
