#include <filesystem>
#include <fstream>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "src/errors.hpp"
#include "src/evaluate/embed.hpp"
#include "tests/shared_folder_test.hpp"

namespace sslslr {
namespace {

/// A small encoder that counts the clips it represents. Its dropout would reveal training mode.
class CountingEncoder final : public Method {
public:
    CountingEncoder()
        : Method{{.features = 6, .frames = 8, .blocks = 1, .width = 8, .heads = 2, .dropout = 0.5}, {}} {}

    LossTerms loss(const Encoded&, const Batch&, dist::Group&) override { return {}; }
    bool couples_clips() const override { return false; }

    torch::Tensor represent(const PackedClips& clips) override {
        represented_ += clips.clips();
        return Method::represent(clips);
    }

    using Method::encoder;

    std::int64_t represented_ = 0;
};

/// 40 clips of 1 to 5 frames.
Features random_features() {
    torch::manual_seed(6);
    Features features{
        .frames = {}, .offsets = {0}, .labels = {}, .signers = {}, .layout = {.points = {"a", "b", "c"}}};
    for (std::int64_t clip = 0; clip < 40; ++clip) {
        features.offsets.push_back(features.offsets.back() + 1 + clip % 5);
    }
    features.labels.assign(40, 0);
    features.signers.assign(40, 0);
    features.frames = torch::randn({features.offsets.back(), 6});
    return features;
}

class EmbedTest : public test::SharedFolderTest {
protected:
    void SetUp() override {
        torch::manual_seed(5);
        method_ = std::make_shared<CountingEncoder>();
        std::iota(clips_.begin(), clips_.end(), std::int64_t{3});
    }

    torch::Tensor embed_cached(const std::string& settings = "") {
        return embed(*method_, features_, clips_, group_,
                     {.batch = 4, .cache = cache_, .settings = settings});
    }

    /// Number of clips, over all ranks, that went through the network since the last call. Collective.
    std::int64_t represented() {
        std::vector<std::int64_t> sum{method_->represented_};
        method_->represented_ = 0;
        group_.communicator().all_reduce_sum(sum);
        return sum[0];
    }

    dist::Group group_{dist::Communicator::world(), torch::kCPU};
    std::shared_ptr<CountingEncoder> method_;
    Features features_ = random_features();
    std::vector<std::int64_t> clips_ = std::vector<std::int64_t>(30);
    std::filesystem::path cache_ = folder_ / "features";
};

TEST_F(EmbedTest, EveryRankHoldsTheVeryBitsOfOneRank) {
    dist::Group alone{dist::Communicator::self(), torch::kCPU};

    const auto together = embed(*method_, features_, clips_, group_, {.batch = 4});

    EXPECT_TRUE(torch::equal(together, embed(*method_, features_, clips_, alone, {.batch = 4})));
    EXPECT_EQ(together.sizes(), (std::vector<std::int64_t>{30, 8}));
}

TEST_F(EmbedTest, EachClipIsEmbeddedOnce) {
    embed(*method_, features_, clips_, group_, {.batch = 4});

    EXPECT_EQ(represented(), 30);
}

TEST_F(EmbedTest, RowsFollowTheOrderOfTheClips) {
    const std::vector<std::int64_t> chosen{7, 2, 7};

    const auto rows = embed(*method_, features_, chosen, group_);

    method_->eval();
    const auto third =
        method_->represent({features_.frames.narrow(0, features_.offsets[2], features_.length(2)),
                            {0, features_.length(2)},
                            {2},
                            {0}});
    EXPECT_TRUE(torch::allclose(rows[1], third[0]));
    EXPECT_TRUE(torch::equal(rows[0], rows[2]));
}

TEST_F(EmbedTest, IsFreeOfDropoutAndGradientAndLeavesEachModulesMode) {
    method_->train();
    const auto part = method_->encoder()->children().front();
    part->eval();

    const auto rows = embed(*method_, features_, clips_, group_);

    EXPECT_TRUE(torch::equal(rows, embed(*method_, features_, clips_, group_)));
    EXPECT_FALSE(rows.requires_grad());
    EXPECT_TRUE(method_->is_training());
    EXPECT_TRUE(method_->encoder()->is_training());
    EXPECT_FALSE(part->is_training());
}

TEST_F(EmbedTest, NoClipsGiveNoRows) {
    EXPECT_EQ(embed(*method_, features_, {}, group_).sizes(), (std::vector<std::int64_t>{0, 8}));
}

TEST_F(EmbedTest, CachedFeaturesAreTheBitsOfFreshOnesWithoutComputingThem) {
    const auto fresh = embed_cached();
    represented();

    const auto cached = embed_cached();

    EXPECT_EQ(represented(), 0);
    EXPECT_TRUE(torch::equal(cached, fresh));
}

TEST_F(EmbedTest, OtherWeightsFramesClipsOrSettingsDoNotTakeTheCache) {
    embed_cached();

    represented();
    embed_cached("mean pooling");
    EXPECT_EQ(represented(), 30);
    torch::NoGradGuard no_grad;
    method_->parameters().back()[7].add_(1e-3);
    const auto moved = embed_cached();
    EXPECT_EQ(represented(), 30);
    EXPECT_TRUE(torch::equal(moved, embed(*method_, features_, clips_, group_, {.batch = 4})));
    represented();
    features_.frames[features_.offsets[3]][0].add_(1e-3);
    embed_cached();
    EXPECT_EQ(represented(), 30);
    std::swap(clips_[0], clips_[5]);
    embed_cached();
    EXPECT_EQ(represented(), 30);
}

TEST_F(EmbedTest, ADamagedCacheIsComputedAfresh) {
    const auto fresh = embed_cached();
    if (group_.rank() == 0) {
        const std::filesystem::path file = std::filesystem::directory_iterator {
            cache_
            } -> path();
        std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
    }
    represented();

    EXPECT_TRUE(torch::equal(embed_cached(), fresh));
    EXPECT_EQ(represented(), 30);
    embed_cached();
    EXPECT_EQ(represented(), 0);
}

TEST_F(EmbedTest, ACacheThatCannotBeWrittenCostsAWarningAndNoFeature) {
    const auto expected = embed(*method_, features_, clips_, group_, {.batch = 4});
    if (group_.rank() == 0) {
        std::ofstream{cache_} << "a file where the folder should be";
    }
    std::string warning;

    const auto features =
        embed(*method_, features_, clips_, group_,
              {.batch = 4, .cache = cache_, .warn = [&](const std::string& text) { warning += text; }});

    EXPECT_TRUE(torch::equal(features, expected));
    EXPECT_EQ(warning.find(cache_.string()) != std::string::npos, group_.rank() == 0) << warning;
}

TEST_F(EmbedTest, RefusesClipsThatAreNotThere) {
    EXPECT_THROW(embed(*method_, features_, std::vector<std::int64_t>{40}, group_), c10::ValueError);
    EXPECT_THROW(embed(*method_, features_, clips_, group_, {.batch = 0}), c10::ValueError);
}

}  // namespace
}  // namespace sslslr
