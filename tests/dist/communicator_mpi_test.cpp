#include <array>
#include <stdexcept>
#include <type_traits>

#include <gtest/gtest.h>

#include "dist/agree.hpp"
#include "dist/communicator.hpp"

namespace sslslr::dist {
namespace {

static_assert(!std::is_copy_constructible_v<Communicator>, "a copy would be a hidden collective");

TEST(Communicator, AllReduceSumReplacesEachValueWithItsSumOverRanks) {
    const auto world = Communicator::world();
    std::array<double, 2> reals{world.rank() + 1.0, 10.0};
    std::array<std::int64_t, 1> integers{std::int64_t{1} << (40 + world.rank())};

    world.all_reduce_sum(reals);
    world.all_reduce_sum(integers);

    const int n = world.size();
    EXPECT_DOUBLE_EQ(reals[0], n * (n + 1) / 2.0);
    EXPECT_DOUBLE_EQ(reals[1], 10.0 * n);
    EXPECT_EQ(integers[0], ((std::int64_t{1} << n) - 1) << 40);
}

TEST(Communicator, AllGatherReturnsTextsOfAnyLengthByRank) {
    const auto world = Communicator::world();

    const auto texts = world.all_gather(std::string(static_cast<std::size_t>(world.rank()), 'x'));

    ASSERT_EQ(texts.size(), static_cast<std::size_t>(world.size()));
    for (std::size_t rank = 0; rank < texts.size(); ++rank) {
        EXPECT_EQ(texts[rank], std::string(rank, 'x'));
    }
}

TEST(Communicator, BroadcastGivesEveryRankTheTextOfTheRoot) {
    const auto world = Communicator::world();
    const int root = world.size() - 1;

    const auto text = world.broadcast("from rank " + std::to_string(world.rank()), root);

    EXPECT_EQ(text, "from rank " + std::to_string(root));
}

TEST(Communicator, SplitKeepsTheOrderOfTheRanksOfOneColour) {
    const auto world = Communicator::world();

    const auto half = world.split(world.rank() % 2);

    EXPECT_EQ(half.rank(), world.rank() / 2);
    EXPECT_EQ(half.size(), (world.size() + 1 - world.rank() % 2) / 2);
}

TEST(Communicator, MovingLeavesTheHandleWithOneOwner) {
    auto world = Communicator::world();
    const auto handle = world.handle();

    auto moved = std::move(world);
    world = Communicator::self();

    EXPECT_EQ(moved.handle(), handle);
    EXPECT_EQ(world.size(), 1);
    moved.barrier();
}

TEST(Communicator, AFailedCallThrowsItsNameAndMpisReason) {
    const auto world = Communicator::world();

    try {
        world.broadcast("", world.size());
        FAIL() << "no such root";
    } catch (const MpiError& error) {
        EXPECT_NE(std::string{error.what()}.find("MPI_Bcast failed: MPI_ERR_ROOT"), std::string::npos)
            << error.what();
    }
}

TEST(Communicator, GatherGivesTheFirstRankTheTextsInTheOrderOfRanks) {
    const auto world = Communicator::world();

    const auto joined = world.gather(std::string(static_cast<std::size_t>(world.rank()), 'a') + ".");

    std::string expected;
    for (int rank = 0; rank < world.size(); ++rank) {
        expected += std::string(static_cast<std::size_t>(rank), 'a') + ".";
    }
    EXPECT_EQ(joined, world.rank() == 0 ? expected : "");
}

TEST(Agree, AnErrorOfOneRankIsThrownAlikeByAll) {
    const auto world = Communicator::world();
    const int faulty = world.size() - 1;

    try {
        agree(
            world,
            [&] {
                if (world.rank() == faulty) {
                    throw std::runtime_error{"clip 17: unreadable"};
                }
            },
            [](const std::exception&) { return 3; });
        FAIL() << "no rank may go on";
    } catch (const AgreedError& error) {
        const auto rank = world.size() == 1 ? "" : "rank " + std::to_string(faulty) + ": ";
        EXPECT_EQ(error.what(), rank + "clip 17: unreadable");
        EXPECT_EQ(error.exit_code, 3);
    }
}

TEST(Agree, AnErrorThatAllRanksMeetIsReportedWithoutARank) {
    const auto world = Communicator::world();

    try {
        agree(
            world, [] { throw std::runtime_error{"no such file"}; }, [](const std::exception&) { return 2; });
        FAIL() << "no rank may go on";
    } catch (const AgreedError& error) {
        EXPECT_STREQ(error.what(), "no such file");
        EXPECT_EQ(error.exit_code, 2);
    }
}

}  // namespace
}  // namespace sslslr::dist
