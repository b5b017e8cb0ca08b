#include "src/augment/boundary_order.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace sslslr {
namespace {

using Order = std::vector<std::int64_t>;

Order recorded(std::int64_t frames) {
    Order order(static_cast<std::size_t>(frames));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    return order;
}

Order drawn(std::int64_t frames, std::int64_t k1, std::int64_t k2, std::uint64_t key = 0) {
    Order order(static_cast<std::size_t>(frames));
    KeyedRandom random{1, Purpose::permutation, {key}};
    boundary_order(order, k1, k2, random);
    return order;
}

Order sorted(Order order) {
    std::ranges::sort(order);
    return order;
}

TEST(BoundaryOrder, LeavesTheMiddleAndTheFramesOfEachEndUntouched) {
    for (std::uint64_t key = 0; key < 50; ++key) {
        const auto order = drawn(64, 21, 16, key);

        EXPECT_EQ(sorted({order.begin(), order.begin() + 21}), recorded(21));
        EXPECT_TRUE(std::equal(order.begin() + 21, order.end() - 16, recorded(64).begin() + 21));
        EXPECT_EQ(sorted(order), recorded(64));
        EXPECT_NE((Order{order.begin(), order.begin() + 21}), recorded(21));
        EXPECT_FALSE(std::equal(order.end() - 16, order.end(), recorded(64).end() - 16));
    }
}

TEST(BoundaryOrder, ASideOfLengthZeroStaysAsRecorded) {
    const auto head_only = drawn(12, 6, 0);
    const auto tail_only = drawn(12, 0, 6);

    EXPECT_TRUE(std::equal(head_only.begin() + 6, head_only.end(), recorded(12).begin() + 6));
    EXPECT_TRUE(std::equal(tail_only.begin(), tail_only.begin() + 6, recorded(12).begin()));
    EXPECT_EQ(drawn(12, 0, 0), recorded(12));
    EXPECT_EQ(drawn(12, 1, 1), recorded(12));
}

TEST(BoundaryOrder, WhereTheEndsOverlapTheHeadIsKeptAndTheTailCut) {
    for (std::uint64_t key = 0; key < 50; ++key) {
        const auto order = drawn(10, 7, 7, key);

        EXPECT_EQ(sorted({order.begin(), order.begin() + 7}), recorded(7));
        EXPECT_EQ(sorted(order), recorded(10));
    }
}

TEST(BoundaryOrder, WorksForTheShortestClips) {
    EXPECT_EQ(drawn(0, 3, 3), Order{});
    EXPECT_EQ(drawn(1, 3, 3), recorded(1));
    EXPECT_EQ(sorted(drawn(2, 3, 3)), recorded(2));
    EXPECT_EQ(drawn(2, 1, 1), recorded(2));
}

TEST(BoundaryOrder, EveryOrderOfAnEndComesEquallyOften) {
    std::map<Order, int> counts;

    for (std::uint64_t key = 0; key < 6000; ++key) {
        ++counts[drawn(8, 3, 0, key)];
    }

    ASSERT_EQ(counts.size(), 6U);
    for (const auto& [order, count] : counts) {
        EXPECT_NEAR(count, 1000, 145);  // 5 standard deviations
    }
}

}  // namespace
}  // namespace sslslr
