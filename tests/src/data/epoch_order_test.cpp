#include "src/data/epoch_order.hpp"

#include <algorithm>
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
