#include "src/train/batches.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "src/errors.hpp"
#include "tests/src/train/toy_training.hpp"

namespace sslslr {
namespace {

class BatchesTest : public testing::Test {
protected:
    const Features features_ = toy::features(23, torch::kFloat32);
    const std::vector<std::int64_t> clips_{2, 3, 5, 7, 8, 11, 13, 14, 17, 19, 22};
    const Batches batches_{features_, clips_, {4, 9, {}}, features_.labels};
    const std::shared_ptr<Method> method_ = make_method({.encoder = {.features = 6}}, 0);

    std::vector<std::int64_t> ids(std::int64_t step, int ranks) const {
        std::vector<std::int64_t> all;
        for (int rank = 0; rank < ranks; ++rank) {
            const auto batch = batches_.share(step, rank, ranks, *method_);
            all.insert(all.end(), batch.views.first.ids.begin(), batch.views.first.ids.end());
        }
        return all;
    }
};

TEST_F(BatchesTest, AnEpochVisitsEveryClipOnceOnAnyNumberOfRanks) {
    ASSERT_EQ(batches_.steps_per_epoch(), 3);
    for (const int ranks : {1, 2, 3, 4}) {
        for (const std::int64_t epoch : {0, 1}) {
            std::vector<std::int64_t> visited;
            for (std::int64_t step = 3 * epoch; step < 3 * epoch + 3; ++step) {
                const auto batch = ids(step, ranks);
                EXPECT_EQ(batch, ids(step, 1)) << "the global batch does not depend on the ranks";
                visited.insert(visited.end(), batch.begin(), batch.end());
            }
            std::ranges::sort(visited);
            EXPECT_EQ(visited, clips_);
        }
    }
}

TEST_F(BatchesTest, EpochsDiffer) {
    EXPECT_NE(ids(0, 1), ids(3, 1));
}

TEST_F(BatchesTest, TheLastBatchHoldsTheRest) {
    EXPECT_EQ(ids(2, 2).size(), 3U);
    EXPECT_EQ(batches_.share(2, 1, 2, *method_).global_size, 3);
}

TEST_F(BatchesTest, AClipsViewsDoNotDependOnTheRanks) {
    const auto whole = batches_.share(1, 0, 1, *method_);
    const auto second_half = batches_.share(1, 1, 2, *method_);

    const auto skipped = whole.views.first.frames.size(0) - second_half.views.first.frames.size(0);
    EXPECT_TRUE(torch::equal(whole.views.first.frames.slice(0, skipped), second_half.views.first.frames));
    EXPECT_TRUE(torch::equal(whole.views.second.frames.slice(0, skipped), second_half.views.second.frames));
    EXPECT_EQ(whole.dropout_seed, second_half.dropout_seed);
}

class BalancedBatchesTest : public BatchesTest {
protected:
    /// Clips 2 and 8 form one group, the other nine another. Each group gets 5 or 6 of the 11 places.
    std::vector<std::int64_t> groups() const {
        std::vector<std::int64_t> groups(23, 1);
        groups[2] = groups[8] = 0;
        return groups;
    }
    const Batches balanced_{features_, clips_, {11, 9, {}, groups()}, features_.labels};
};

TEST_F(BalancedBatchesTest, AreTheSameOnAnyNumberOfRanks) {
    const auto whole = balanced_.share(1, 0, 1, *method_);
    for (const int ranks : {2, 3, 4}) {
        std::vector<PackedClips> first;
        for (int rank = 0; rank < ranks; ++rank) {
            first.push_back(balanced_.share(1, rank, ranks, *method_).views.first);
        }
        const auto together = concatenate(first);
        EXPECT_EQ(together.ids, whole.views.first.ids);
        EXPECT_EQ(together.views, whole.views.first.views);
        EXPECT_TRUE(torch::equal(together.frames, whole.views.first.frames));
    }
}

TEST_F(BalancedBatchesTest, PlacesOfOneClipInABatchHaveViewsAndDropoutOfTheirOwn) {
    const auto batch = balanced_.share(0, 0, 1, *method_);

    const auto& view = batch.views.first;
    std::set<std::pair<std::int64_t, std::int64_t>> dropout_keys;
    std::vector<torch::Tensor> of_clip_8;
    for (std::int64_t at = 0; at < view.clips(); ++at) {
        const auto i = static_cast<std::size_t>(at);
        dropout_keys.emplace(view.ids[i], view.views[i]);
        if (view.ids[i] == 8) {
            of_clip_8.push_back(view.frames.slice(0, view.offsets[i], view.offsets[i + 1]));
        }
    }
    EXPECT_EQ(std::ssize(dropout_keys), view.clips());
    ASSERT_GE(of_clip_8.size(), 2U);
    EXPECT_FALSE(torch::equal(of_clip_8[0], of_clip_8[1])) << "15 frames, 9 of them permuted";
    EXPECT_EQ(batch.views.second.views[0], view.views[0] + 1);
}

TEST_F(BalancedBatchesTest, ASingleGroupChangesNothing) {
    const Batches one_group{features_, clips_, {4, 9, {}, std::vector<std::int64_t>(23, 6)}};
    for (std::int64_t step = 0; step < 6; ++step) {
        const auto batch = one_group.share(step, 0, 1, *method_);
        EXPECT_EQ(batch.views.first.ids, ids(step, 1));
        EXPECT_TRUE(
            torch::equal(batch.views.first.frames, batches_.share(step, 0, 1, *method_).views.first.frames));
    }
}

TEST_F(BatchesTest, OnlyWhatTheMethodReadsIsMade) {
    const auto supervised =
        make_method({.kind = method_named("supervised"), .encoder = {.features = 6}, .classes = 3}, 0);

    const auto batch = batches_.share(0, 0, 1, *supervised);

    EXPECT_FALSE(batch.views.anchor.frames.defined());
    EXPECT_FALSE(batch.views.second.frames.defined());
    EXPECT_EQ(batch.labels[0].item<std::int64_t>(),
              features_.labels[static_cast<std::size_t>(batch.views.first.ids[0])]);
}

TEST_F(BatchesTest, RefusesAnEmptyGlobalBatch) {
    EXPECT_THROW((Batches{features_, clips_, {0, 9, {}}}), ConfigError);
}

}  // namespace
}  // namespace sslslr
