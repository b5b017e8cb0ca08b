#include <memory>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "src/boundary/sensitivity.hpp"

namespace sslslr {
namespace {

using Numbers = std::vector<std::int64_t>;

/// An encoder that depends on the order of some frames only: feature 0 on that of frames [begin, end),
/// feature 1 on that of all frames. The other features are those of an encoder with dropout, times
/// `encoder_share`.
class PartReader final : public Method {
public:
    PartReader(std::int64_t begin, std::int64_t end)
        : Method{{.features = 4, .frames = 64, .blocks = 1, .width = 8, .heads = 2, .dropout = 0.5}, {}},
          begin_{begin},
          end_{end} {}

    LossTerms loss(const Encoded&, const Batch&, dist::Group&) override { return {}; }
    bool couples_clips() const override { return false; }

    torch::Tensor represent(const PackedClips& clips) override {
        std::vector<torch::Tensor> rows;
        for (std::int64_t clip = 0; clip < clips.clips(); ++clip) {
            const auto length = clips.length(clip);
            const auto frames = clips.frames.narrow(0, clips.offsets[static_cast<std::size_t>(clip)], length);
            const auto places = torch::arange(length, frames.options());
            const auto read = places.cos().unsqueeze(1) * frames;  // [T, F]
            const auto is_seen = ((places >= begin_) * (places < end_)).to(frames.scalar_type());
            rows.push_back(torch::stack({(read * is_seen.unsqueeze(1)).sum(), 3 * read.sum()}));
        }
        return torch::cat({torch::stack(rows), encoder_share_ * Method::represent(clips)}, 1);
    }

    double encoder_share_ = 0;

private:
    std::int64_t begin_;
    std::int64_t end_;
};

class SensitivityTest : public testing::Test {
protected:
    static constexpr std::int64_t count = 12;
    static constexpr std::int64_t length = 32;

    SensitivityTest() : clips_(count) {
        std::iota(clips_.begin(), clips_.end(), std::int64_t{0});
        const auto generator = at::make_generator<at::CPUGeneratorImpl>(2);
        for (std::int64_t clip = 0; clip <= count; ++clip) {
            features_.offsets.push_back(clip * length);
        }
        features_.labels.assign(count, 0);
        features_.frames = torch::randn({count * length, 4}, generator, torch::kFloat32);
        torch::manual_seed(4);
        method_ = std::make_shared<PartReader>(12, 24);
        config_.readout = [](const torch::Tensor& features) { return features.slice(1, 0, 1); };
    }

    Sensitivity measure(dist::Group& group) {
        return permutation_sensitivity(*method_, features_, clips_, group, config_);
    }

    dist::Group group_{dist::Communicator::world(), torch::kCPU};
    Features features_{
        .frames = {}, .offsets = {}, .labels = {}, .signers = {}, .layout = {.points = {"a", "b"}}};
    Numbers clips_;
    std::shared_ptr<PartReader> method_;
    SensitivityConfig config_;
};

TEST_F(SensitivityTest, FindsTheEndsThatAnEncoderIsBlindTo) {
    const auto sensitivity = measure(group_);

    EXPECT_EQ(sensitivity.head.sizes(), (torch::IntArrayRef{count, 17}));
    EXPECT_EQ(sensitivity.head.slice(1, 0, 7).abs().max().item<double>(), 0) << "12 frames are 6 regions";
    EXPECT_EQ(sensitivity.tail.slice(1, 0, 5).abs().max().item<double>(), 0) << "8 frames are 4 regions";
    const auto [k1, k2] = shares_of(sensitivity, 0.05);
    EXPECT_DOUBLE_EQ(k1, 12.0 / length);
    EXPECT_DOUBLE_EQ(k2, 8.0 / length);
    for (const auto& own : boundaries_of(sensitivity, features_, clips_, 0.05)) {
        EXPECT_LE(std::abs(own.k1 - 12), 2);
        EXPECT_LE(std::abs(own.k2 - 8), 2);
    }
}

TEST_F(SensitivityTest, WithoutAReadoutWhateverMovesTheFeaturesCounts) {
    config_.readout = nullptr;

    const auto [k1, k2] = shares_of(measure(group_));

    EXPECT_LT(k1, 8.0 / length);
    EXPECT_LT(k2, 8.0 / length);
}

TEST_F(SensitivityTest, IsTheSameBitsOnAnyNumberOfRanksAndInAnyBatch) {
    config_.readout = nullptr;
    dist::Group alone{dist::Communicator::self(), torch::kCPU};

    const auto together = measure(group_);

    EXPECT_TRUE(torch::equal(together.head, measure(alone).head));
    EXPECT_TRUE(torch::equal(together.tail, measure(alone).tail));
    config_.batch = 7;
    EXPECT_TRUE(torch::allclose(together.head, measure(group_).head));
}

TEST_F(SensitivityTest, AClipsValuesDoNotDependOnTheOthers) {
    const auto all = measure(group_);
    clips_ = {7, 3};

    const auto some = measure(group_);

    EXPECT_TRUE(torch::equal(some.head[0], all.head[7]));
    EXPECT_TRUE(torch::equal(some.tail[1], all.tail[3]));
}

TEST_F(SensitivityTest, IsFreeOfDropoutAndGradientAndLeavesTheMode) {
    method_->encoder_share_ = 1;
    config_.readout = nullptr;
    method_->train();

    const auto sensitivity = measure(group_);

    EXPECT_TRUE(torch::equal(sensitivity.head, measure(group_).head));
    EXPECT_FALSE(sensitivity.head.requires_grad());
    EXPECT_TRUE(method_->is_training());
}

TEST_F(SensitivityTest, ShortClipsAndNoClipsAreTaken) {
    features_.offsets = {0, 1, 3, 8};
    features_.labels.resize(3);
    clips_ = {0, 1, 2};

    const auto boundaries = boundaries_of(measure(group_), features_, clips_);

    EXPECT_EQ(boundaries.size(), 3U);
    clips_.clear();
    EXPECT_TRUE(boundaries_of(measure(group_), features_, clips_).empty());
}

TEST_F(SensitivityTest, TheRuleStopsAtTheFirstCostAboveTheTolerance) {
    const auto head = torch::tensor({{0.0, 0.1, 0.6, 0.2, 2.0}}, torch::kFloat64);
    const auto tail = torch::tensor({{0.0, 0.0, 0.0, 0.0, 1.0}}, torch::kFloat64);
    const Sensitivity one{head, tail};

    EXPECT_EQ(boundaries_of(one, features_, Numbers{0}, 0.1).front(), (ClipBoundary{8, 24}));
    EXPECT_EQ(boundaries_of(one, features_, Numbers{0}, 0.3).front(), (ClipBoundary{24, 24}));
    EXPECT_EQ(boundaries_of(one, features_, Numbers{0}, 0).front(), (ClipBoundary{0, 24}));
}

TEST_F(SensitivityTest, TheRuleOfADataSetIsThatOfTheSummedCosts) {
    const Sensitivity two{torch::tensor({{0.0, 0.0, 1.0}, {0.0, 2.0, 9.0}}, torch::kFloat64),
                          torch::tensor({{0.0, 0.9, 1.0}, {0.0, 0.0, 99.0}}, torch::kFloat64)};

    const auto [k1, k2] = shares_of(two, 0.1);

    EXPECT_DOUBLE_EQ(k1, 0);
    EXPECT_DOUBLE_EQ(k2, 0.5);
}

TEST_F(SensitivityTest, RefusesWhatDoesNotFit) {
    const auto sensitivity = measure(group_);

    EXPECT_THROW(shares_of(sensitivity, -0.1), c10::ValueError);
    EXPECT_THROW(shares_of(sensitivity, 1.1), c10::ValueError);
    EXPECT_THROW(boundaries_of(sensitivity, features_, Numbers{0}), c10::ValueError);
    config_.draws = 0;
    EXPECT_THROW(measure(group_), c10::ValueError);
    config_.draws = 1;
    clips_ = {count};
    EXPECT_THROW(measure(group_), c10::ValueError);
}

}  // namespace
}  // namespace sslslr
