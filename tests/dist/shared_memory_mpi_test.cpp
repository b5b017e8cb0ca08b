#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "dist/shared_memory.hpp"

namespace sslslr::dist {
namespace {

TEST(SharedMemory, EveryRankSeesWhatEachRankWrote) {
    const auto node = Communicator::world().on_this_node();
    const auto ranks = static_cast<std::size_t>(node.size());
    const auto own = static_cast<std::size_t>(node.rank());
    const std::size_t part = 1 << 20;
    const SharedMemory memory{node, part * ranks};

    const auto mine = memory.bytes().subspan(part * own, part);
    std::fill(mine.begin(), mine.end(), std::byte(own + 1));
    memory.fence();

    ASSERT_EQ(memory.bytes().size(), part * ranks);
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        const auto part_of_rank = memory.bytes().subspan(part * rank, part);
        EXPECT_EQ(std::count(part_of_rank.begin(), part_of_rank.end(), std::byte(rank + 1)), part) << rank;
    }
    memory.fence();  // no rank frees it while others read
}

TEST(SharedMemory, SimulatedNodesHoldMemoryOfTheirOwn) {
    const auto world = Communicator::world();
    const auto node = world.split(world.rank() / 2);
    SharedMemory memory{node, 1};

    if (node.rank() == 0) {
        memory.bytes()[0] = std::byte(world.rank());
    }
    memory.fence();

    const SharedMemory moved{std::move(memory)};
    EXPECT_EQ(moved.bytes()[0], std::byte(world.rank() / 2 * 2));
    moved.fence();
}

TEST(SharedMemory, TheSizeOfTheNodesFirstRankCounts) {
    const auto node = Communicator::world().on_this_node();

    const SharedMemory memory{node, node.rank() == 0 ? std::size_t{3} : std::size_t{0}};

    EXPECT_EQ(memory.bytes().size(), 3);
}

TEST(SharedMemory, MoreThanThereIsIsAnErrorOfAllRanksAndNoneLater) {
    const auto node = Communicator::world().on_this_node();
    std::string problem = "no error";
    try {
        const SharedMemory memory{node, std::size_t{1} << 50};
    } catch (const SharedMemoryError& error) {
        problem = error.what();
    }

    EXPECT_NE(problem.find(node.size() > 1 ? "/dev/shm" : "memory"), std::string::npos) << problem;
    EXPECT_EQ(node.broadcast(problem), problem);
    EXPECT_EQ(SharedMemory(node, 8).bytes().size(), 8) << "what failed takes none";
}

/// While it exists, this process may map only a little more memory than it has.
class NarrowAddressSpace {
public:
    explicit NarrowAddressSpace(bool is_narrow) {
        ::getrlimit(RLIMIT_AS, &before_);
        std::size_t pages = 0;
        std::ifstream{"/proc/self/statm"} >> pages;
        auto narrow = before_;
        narrow.rlim_cur = pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) + (std::size_t{12} << 20);
        ::setrlimit(RLIMIT_AS, is_narrow ? &narrow : &before_);
    }
    NarrowAddressSpace(const NarrowAddressSpace&) = delete;
    NarrowAddressSpace& operator=(const NarrowAddressSpace&) = delete;
    ~NarrowAddressSpace() { ::setrlimit(RLIMIT_AS, &before_); }

private:
    rlimit before_{};
};

TEST(SharedMemory, WhereOneRankCannotMapItNoneKeepsIt) {
    const auto node = Communicator::world().on_this_node();
    std::string problem = "no error";
    {
        const NarrowAddressSpace limit{node.rank() + 1 == node.size()};
        try {
            const SharedMemory memory{node, std::size_t{24} << 20};
        } catch (const SharedMemoryError& error) {
            problem = error.what();
        }
    }

    EXPECT_NE(problem.find("annot allocate memory"), std::string::npos) << problem;
    std::ifstream maps{"/proc/self/maps"};
    const std::string mapped{std::istreambuf_iterator<char>{maps}, {}};
    EXPECT_EQ(mapped.find("/dev/shm/sslslr-"), std::string::npos);
}

TEST(SharedMemory, StartsAsZeros) {
    const SharedMemory memory{Communicator::world().on_this_node(), 100'000};

    EXPECT_TRUE(std::ranges::all_of(memory.bytes(), [](std::byte value) { return value == std::byte{0}; }));
}

TEST(SharedMemory, MayBeEmpty) {
    const SharedMemory memory{Communicator::world().on_this_node(), 0};

    EXPECT_TRUE(memory.bytes().empty());
}

}  // namespace
}  // namespace sslslr::dist
