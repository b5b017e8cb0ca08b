#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <torch/csrc/distributed/c10d/Store.hpp>
#include <unistd.h>

#include "dist/tcp_store.hpp"

namespace sslslr::dist {
namespace {

/// The sockets of this process, by their numbers in /proc/net.
std::set<std::string> own_sockets() {
    std::set<std::string> numbers;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
        std::error_code is_closed;
        const auto target = std::filesystem::read_symlink(entry.path(), is_closed).string();
        if (target.starts_with("socket:[")) {
            numbers.insert(target.substr(8, target.size() - 9));
        }
    }
    return numbers;
}

/// Addresses that this process listens on, as the kernel writes them: "0100007F" is 127.0.0.1.
std::multiset<std::string> listening() {
    const auto own = own_sockets();
    std::multiset<std::string> addresses;
    for (const auto* const file : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        std::ifstream lines{file};
        for (std::string line; std::getline(lines, line);) {
            std::istringstream fields{line};
            std::string number, local, remote, state, queues, timer, retransmits, user, timeouts, socket;
            fields >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user >>
                timeouts >> socket;
            if (state == "0A" && own.contains(socket)) {
                addresses.insert(local.substr(0, local.find(':')));
            }
        }
    }
    return addresses;
}

TEST(TcpStoreTest, RanksFindEachOtherThroughOneAddressAlone) {
    const auto world = Communicator::world();
    const auto before = listening();
    world.barrier();
    {
        const auto store = make_tcp_store(world);
        if (world.rank() == 0) {
            store->set("key", std::string{"value"});
            auto after = listening();
            EXPECT_EQ(after.count("0100007F"), before.count("0100007F") + 1) << "loopback";
            EXPECT_EQ(after.count("00000000"), before.count("00000000")) << "any address";
            EXPECT_EQ(after.count(std::string(32, '0')), before.count(std::string(32, '0')));
        }
        world.barrier();
        EXPECT_EQ(store->get_to_str("key"), "value");
        world.barrier();
    }
}

TEST(TcpStoreTest, TakesTheInterfaceThatIsNamedAndRefusesOneThatIsNotThere) {
    const auto alone = Communicator::self();
    setenv("NCCL_SOCKET_IFNAME", "none,lo", 1);
    EXPECT_NE(make_tcp_store(alone), nullptr);
    setenv("NCCL_SOCKET_IFNAME", "=none0", 1);
    try {
        make_tcp_store(alone);
        ADD_FAILURE() << "took an interface that is not there";
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string{error.what()}.find("NCCL_SOCKET_IFNAME =none0: no interface"),
                  std::string::npos)
            << error.what();
    }
    unsetenv("NCCL_SOCKET_IFNAME");
}

}  // namespace
}  // namespace sslslr::dist
