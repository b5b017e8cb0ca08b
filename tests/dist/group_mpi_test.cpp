#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>
#include <torch/types.h>

#include "dist/group.hpp"

namespace sslslr::dist {
namespace {

Group world_on_cpu() {
    return Group{Communicator::world(), at::kCPU};
}

/// The message of the error of type `Error` that `action` throws.
template <class Error, class Action>
std::string error_of(Action&& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

class GroupOfType : public testing::TestWithParam<at::ScalarType> {};

TEST_P(GroupOfType, AllReduceSumAddsTheTensorsOfAllRanks) {
    auto group = world_on_cpu();
    const auto tensor = torch::full({3, 5}, group.rank(), GetParam());

    group.all_reduce_sum(tensor);

    EXPECT_TRUE(torch::equal(tensor, torch::full({3, 5}, group.size() * (group.size() - 1) / 2, GetParam())));
}

TEST_P(GroupOfType, BroadcastReplacesTheTensorByTheRootsOwn) {
    auto group = world_on_cpu();
    const int root = group.size() - 1;
    const auto tensor = torch::full({4}, group.rank() == root ? 1 : 0, GetParam());

    group.broadcast(tensor, root);

    EXPECT_TRUE(torch::equal(tensor, torch::ones({4}, GetParam())));
}

INSTANTIATE_TEST_SUITE_P(Types, GroupOfType,
                         testing::Values(at::kFloat, at::kDouble, at::kBFloat16, at::kInt, at::kLong,
                                         at::kByte, at::kBool),
                         [](const auto& type) { return std::string{c10::toString(type.param)}; });

TEST(Group, EmptyTensorsAndScalarsAreReducedToo) {
    auto group = world_on_cpu();
    const auto empty = torch::empty({0, 3});
    const auto scalar = torch::tensor(2.0);

    group.all_reduce_sum(empty);
    group.all_reduce_sum(scalar);

    EXPECT_EQ(empty.numel(), 0);
    EXPECT_EQ(scalar.item<double>(), 2.0 * group.size());
}

TEST(Group, StartedReductionsFinishInAnyOrderOfWaiting) {
    auto group = world_on_cpu();
    const auto first = torch::full({1 << 16}, 1.0);
    const auto second = torch::full({3}, 2.0);

    const auto wait_first = group.start_all_reduce_sum(first);
    const auto wait_second = group.start_all_reduce_sum(second);
    wait_second();
    wait_first();

    EXPECT_TRUE(torch::equal(first, torch::full({1 << 16}, 1.0 * group.size())));
    EXPECT_TRUE(torch::equal(second, torch::full({3}, 2.0 * group.size())));
}

TEST(Group, WhatWasStartedIsFinishedBeforeTheGroupEnds) {
    const auto tensor = torch::ones({1 << 16});
    int size = 0;
    {
        auto group = world_on_cpu();
        size = group.size();
        group.start_all_reduce_sum(tensor);
    }

    EXPECT_TRUE(torch::equal(tensor, torch::full({1 << 16}, size)));
}

TEST(Group, GroupsOnDifferentRanksMayPostInDifferentOrder) {
    auto world = world_on_cpu();
    Group pair{world.communicator().split(world.rank() / 2), at::kCPU};
    const auto in_world = torch::ones({1000});
    const auto in_pair = torch::ones({1000});

    if (world.rank() % 2 == 0) {
        const auto wait = world.start_all_reduce_sum(in_world);
        pair.all_reduce_sum(in_pair);
        wait();
    } else {
        const auto wait = pair.start_all_reduce_sum(in_pair);
        world.all_reduce_sum(in_world);
        wait();
    }

    EXPECT_TRUE(torch::equal(in_world, torch::full({1000}, world.size())));
    EXPECT_TRUE(torch::equal(in_pair, torch::full({1000}, pair.size())));
}

TEST(Group, RefusesWhatMpiCannotCarryAndGoesOn) {
    auto group = world_on_cpu();

    const auto half = error_of<c10::TypeError>([&] { group.all_reduce_sum(torch::ones({2}, at::kHalf)); });
    const auto strided = error_of<c10::ValueError>([&] { group.all_reduce_sum(torch::ones({2, 3}).t()); });
    const auto tensor = torch::ones({2});
    group.all_reduce_sum(tensor);

    EXPECT_NE(half.find("no Half; convert to float32"), std::string::npos) << half;
    EXPECT_NE(strided.find("contiguous tensor in host memory expected, not [3, 2]"), std::string::npos)
        << strided;
    EXPECT_EQ(tensor[0].item<int>(), group.size());
}

TEST(Group, AnErrorInsideMpiFailsEveryLaterCollectiveWithIt) {
    auto group = world_on_cpu();

    const auto first = error_of<MpiError>([&] { group.broadcast(torch::ones({2}), group.size()); });
    const auto second = error_of<MpiError>([&] { group.all_reduce_sum(torch::ones({2})); });

    EXPECT_NE(first.find("broadcast failed: MPI_ERR_ROOT"), std::string::npos) << first;
    EXPECT_EQ(first, second);
}

TEST(Group, DescribesDevicesAndPicksOneThatWorks) {
    const auto device = default_device(Communicator::world().on_this_node());
    Group group{Communicator::world(), device};
    const auto tensor = torch::ones({2}, device);

    group.all_reduce_sum(tensor);

    EXPECT_EQ(tensor[1].item<int>(), group.size());
    EXPECT_FALSE(describe_devices().empty());
}

TEST(Group, MemoryOfACollectiveThatIsGivenUpStaysMpisOwn) {
    const auto world = Communicator::world();
    std::vector<float> memory(1 << 16, 1.0F);
    bool is_freed = false;
    const auto reduce = [&](Group& group) {
        group.start_all_reduce_sum(
            torch::from_blob(memory.data(), {std::ssize(memory)}, [&](void*) { is_freed = true; }));
    };

    if (world.rank() == 0) {
        try {
            Group group{world.duplicate(), at::kCPU};
            reduce(group);
            throw std::runtime_error{"this rank leaves"};
        } catch (const std::runtime_error&) {
            world.barrier();  // the other ranks start only now
        }
    } else {
        Group group{world.duplicate(), at::kCPU};
        world.barrier();
        reduce(group);
    }
    world.barrier();  // here MPI completes the reduction that rank 0 abandoned

    EXPECT_EQ(memory[0], static_cast<float>(world.size()));
    EXPECT_EQ(is_freed, world.rank() != 0 || world.size() == 1);
}

// MPI reuses the number of a freed communicator: a message left over would appear in a later one.
TEST(Group, ManyComeAndGoAndLeaveNoMessageBehind) {
    const auto world = Communicator::world();
    for (int number = 0; number < 60; ++number) {
        Group together{world.duplicate(), at::kCPU};
        Group alone{Communicator::self(), at::kCPU};
        Group pairs{world.split(world.rank() / 2), at::kCPU};
        auto ones = torch::ones({3});
        together.all_reduce_sum(ones);
        EXPECT_EQ(ones[0].item<float>(), static_cast<float>(world.size()));
    }
}

}  // namespace
}  // namespace sslslr::dist
