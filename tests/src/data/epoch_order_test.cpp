#include "src/data/epoch_order.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include <gtest/gtest.h>

#include "src/data/keyed_random.hpp"

namespace sslslr {
namespace {

using Numbers = std::vector<std::int64_t>;

Numbers first_numbers(std::int64_t count) {
    Numbers numbers(static_cast<std::size_t>(count));
    std::iota(numbers.begin(), numbers.end(), std::int64_t{0});
    return numbers;
}

TEST(EpochOrder, VisitsEveryClipOnce) {
    for (const std::int64_t clips : {0, 1, 2, 900}) {
        auto order = epoch_order(3, 5, clips);
        std::ranges::sort(order);

        EXPECT_EQ(order, first_numbers(clips));
    }
}

TEST(EpochOrder, DependsOnSeedAndEpochAlone) {
    const auto order = epoch_order(3, 5, 900);

    EXPECT_EQ(epoch_order(3, 5, 900), order);
    EXPECT_NE(epoch_order(3, 6, 900), order);
    EXPECT_NE(epoch_order(4, 5, 900), order);
    EXPECT_NE(first_numbers(900), order);
}

/// Groups of 40 clips: 4 in group 5, 9 in group 2, the others in group 8.
Numbers uneven_groups() {
    Numbers groups(40, 8);
    std::fill_n(groups.begin() + 3, 4, 5);
    std::fill_n(groups.begin() + 20, 9, 2);
    return groups;
}

TEST(BalancedOrder, GivesEveryGroupTheSameNumberOfPlacesGiveOrTakeOne) {
    const auto groups = uneven_groups();
    std::map<std::int64_t, std::int64_t> in_all;
    for (std::int64_t epoch = 0; epoch < 30; ++epoch) {
        std::map<std::int64_t, std::int64_t> places;
        for (const auto& [clip, pass] : balanced_order(3, epoch, groups)) {
            ++places[groups[static_cast<std::size_t>(clip)]];
        }
        ASSERT_EQ(places.size(), 3U);
        for (const auto& [group, count] : places) {
            EXPECT_TRUE(count == 13 || count == 14) << count << " of group " << group;
            in_all[group] += count;
        }
    }
    for (const auto& [group, count] : in_all) {
        EXPECT_EQ(count, 400) << "what is left over goes to the groups in turn, not " << group;
    }
}

TEST(BalancedOrder, EveryClipOfAGroupComesInEachPassAndPassesGoOnOverEpochs) {
    const auto groups = uneven_groups();
    std::map<std::pair<std::int64_t, std::int64_t>, Numbers> of_pass;  // by group and pass
    for (std::int64_t epoch = 0; epoch < 30; ++epoch) {
        for (const auto& [clip, pass] : balanced_order(3, epoch, groups)) {
            of_pass[{groups[static_cast<std::size_t>(clip)], pass}].push_back(clip);
        }
    }
    for (auto& [group_and_pass, visited] : of_pass) {
        const auto& [group, pass] = group_and_pass;
        const auto members = std::ranges::count(groups, group);
        const auto passes = 400 / members;
        std::ranges::sort(visited);
        EXPECT_EQ(std::ranges::adjacent_find(visited), visited.end()) << "twice in a pass of group " << group;
        if (pass < passes) {
            EXPECT_EQ(std::ssize(visited), members) << "pass " << pass << " of group " << group;
        } else {
            EXPECT_EQ(pass, passes) << "no pass begins before the one before it ends";
        }
    }
}

TEST(BalancedOrder, DependsOnItsArgumentsAlone) {
    const auto order = balanced_order(3, 5, uneven_groups());

    EXPECT_EQ(balanced_order(3, 5, uneven_groups()), order);
    EXPECT_NE(balanced_order(3, 6, uneven_groups()), order);
    EXPECT_NE(balanced_order(4, 5, uneven_groups()), order);
    EXPECT_TRUE(balanced_order(3, 5, Numbers{}).empty());
}

TEST(ShareOf, SharesInRankOrderAreTheBatch) {
    const Numbers lengths{64, 1, 30, 30, 17, 64, 2, 2, 2, 40, 64};
    const auto batch = epoch_order(1, 0, 11);
    for (int ranks = 1; ranks <= 14; ++ranks) {
        Numbers together;
        for (int rank = 0; rank < ranks; ++rank) {
            const auto share = share_of(batch, lengths, rank, ranks);
            together.insert(together.end(), share.begin(), share.end());
        }

        EXPECT_EQ(together, batch) << ranks << " ranks";
    }
}

TEST(ShareOf, RankZeroAlwaysHoldsAClip) {
    for (const Numbers& lengths : {Numbers{5}, Numbers{1, 64}, Numbers{64, 1}, Numbers{64, 1, 1, 1}}) {
        const auto batch = first_numbers(static_cast<std::int64_t>(lengths.size()));
        for (int ranks = 1; ranks <= 5; ++ranks) {
            EXPECT_FALSE(share_of(batch, lengths, 0, ranks).empty()) << lengths.size() << " clips, " << ranks;
        }
    }
}

TEST(ShareOf, EqualLengthsAreDealtEvenly) {
    const auto batch = first_numbers(10);
    const Numbers lengths(10, 64);
    for (int ranks = 1; ranks <= 10; ++ranks) {
        for (int rank = 0; rank < ranks; ++rank) {
            const auto clips = static_cast<double>(share_of(batch, lengths, rank, ranks).size());

            EXPECT_LT(std::abs(clips - 10.0 / ranks), 1.0) << rank << " of " << ranks;
        }
    }
}

TEST(ShareOf, FramesOfARankDifferFromItsProportionByAtMostOneClip) {
    KeyedRandom random{9, Purpose::probe, {}};
    Numbers lengths(64);
    std::ranges::generate(lengths, [&] { return 16 + random.below(49); });
    const auto batch = first_numbers(64);
    const auto total = std::accumulate(lengths.begin(), lengths.end(), 0.0);

    for (int ranks = 2; ranks <= 8; ++ranks) {
        for (int rank = 0; rank < ranks; ++rank) {
            double frames = 0;
            for (const auto clip : share_of(batch, lengths, rank, ranks)) {
                frames += static_cast<double>(lengths[static_cast<std::size_t>(clip)]);
            }

            EXPECT_LE(std::abs(frames - total / ranks), 64) << rank << " of " << ranks;
        }
    }
}

}  // namespace
}  // namespace sslslr
