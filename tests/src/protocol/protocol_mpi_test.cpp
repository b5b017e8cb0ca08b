#include <gtest/gtest.h>

#include "src/errors.hpp"
#include "src/protocol/protocol.hpp"
#include "src/train/weights.hpp"

namespace sslslr {
namespace {

constexpr std::int64_t clips_in_all = 60;

/// 60 clips of 4 to 6 frames of 6 features, three classes that differ in their mean.
Features three_signs() {
    torch::manual_seed(3);
    Features features{
        .frames = {}, .offsets = {0}, .labels = {}, .signers = {}, .layout = {.points = {"a", "b", "c"}}};
    std::vector<torch::Tensor> frames;
    for (std::int64_t clip = 0; clip < clips_in_all; ++clip) {
        const auto length = 4 + clip % 3;
        features.offsets.push_back(features.offsets.back() + length);
        features.labels.push_back(clip % 3);
        frames.push_back(torch::randn({length, 6}, torch::kFloat64) +
                         static_cast<double>(clip % 3) * torch::linspace(-1, 1, 6, torch::kFloat64));
    }
    features.signers.assign(clips_in_all, 0);
    features.frames = torch::cat(frames);
    return features;
}

class ProtocolTest : public testing::Test {
protected:
    void SetUp() override {
        for (std::int64_t clip = 0; clip < clips_in_all; ++clip) {
            clips_.labels.push_back(clip % 3);
            (clip < 30 ? clips_.train : clips_.test).push_back(clip);
        }
        clips_.class_names = {"x", "y", "z"};
        shape_.name = "supervised";
        shape_.classes = 3;
        shape_.encoder = {.features = 6, .frames = 8, .blocks = 1, .width = 8, .heads = 2, .dropout = 0.1};
        method_ = make_method(shape_, 1);
        method_->set_precision(Precision::float64);
        short_.epochs = 3;
        short_.schedule = {"cosine", 0};
        short_.trainer.optimizer.learning_rate = 0.05;
    }

    torch::Tensor scores(const ProtocolConfig& config, dist::Group& group) {
        return protocol_scores(*method_, config,
                               {.features = features_,
                                .clips = clips_,
                                .method = shape_,
                                .precision = Precision::float64,
                                .batches = {.global_batch = 7, .seed = 4, .augmentation = {}},
                                .group = group})
            ->test;
    }
    ProtocolConfig protocol(const std::string& name) const {
        auto config = short_;
        config.name = name;
        return config;
    }

    dist::Group group_{dist::Communicator::world(), torch::kCPU};
    dist::Group alone_{dist::Communicator::world().split(dist::Communicator::world().rank()), torch::kCPU};
    Features features_ = three_signs();
    EvaluationClips clips_;
    MethodConfig shape_;
    ProtocolConfig short_;
    std::shared_ptr<Method> method_;
};

TEST_F(ProtocolTest, FrozenProtocolsGiveOneRanksNumbersBitForBit) {
    for (const auto* const name : {"linear", "knn"}) {
        EXPECT_TRUE(torch::equal(scores(protocol(name), group_), scores(protocol(name), alone_))) << name;
    }
}

TEST_F(ProtocolTest, TrainingTheWholeNetworkGivesOneRanksNumbers) {
    for (const auto* const name : {"fine-tune", "semi-supervised", "supervised"}) {
        const auto many = scores(protocol(name), group_);
        const auto one = scores(protocol(name), alone_);
        EXPECT_LT((many - one).abs().max().item<double>(), 1e-9 * one.abs().max().item<double>()) << name;
    }
}

TEST_F(ProtocolTest, LabelsOfTestClipsHaveNoWayIn) {
    for (const auto* const name : {"linear", "knn", "semi-supervised", "fine-tune", "supervised"}) {
        const auto before = scores(protocol(name), alone_);
        const auto labels = clips_.labels;
        for (const auto clip : clips_.test) {
            clips_.labels[static_cast<std::size_t>(clip)] = -1;
        }
        EXPECT_TRUE(torch::equal(before, scores(protocol(name), alone_))) << name;
        clips_.labels = labels;
    }
}

TEST_F(ProtocolTest, FewerLabelsTeachLessAndTheSeedDrawsThem) {
    auto few = protocol("linear");
    few.label_fraction = 0.3;

    EXPECT_FALSE(torch::equal(scores(few, alone_), scores(protocol("linear"), alone_)));
    EXPECT_TRUE(torch::equal(scores(few, alone_), scores(few, alone_)));
}

TEST_F(ProtocolTest, FineTuningLeavesTheGivenEncoderAsItWas) {
    const auto before = weights_fingerprint(*method_);
    scores(protocol("fine-tune"), alone_);

    EXPECT_EQ(weights_fingerprint(*method_), before);
}

TEST_F(ProtocolTest, FineTuningStartsFromTheGivenEncoder) {
    auto untrained = protocol("fine-tune");
    untrained.trainer.optimizer.learning_rate = 1e-12;
    const auto from_given = scores(untrained, alone_);
    untrained.name = "supervised";

    EXPECT_FALSE(torch::allclose(from_given, scores(untrained, alone_)));  // other weights: seed 4, not 1
}

TEST_F(ProtocolTest, SeveralProbesNeedClipsToChooseOn) {
    auto sweep = protocol("linear");
    sweep.probe_rates = {1e-3, 1e-2};
    EXPECT_THROW(scores(sweep, alone_), ConfigError);

    clips_.validation = {27, 28, 29};
    clips_.train.resize(27);
    const auto chosen = protocol_scores(*method_, sweep,
                                        {.features = features_,
                                         .clips = clips_,
                                         .method = shape_,
                                         .precision = Precision::float64,
                                         .batches = {.seed = 4, .augmentation = {}},
                                         .group = alone_});
    ASSERT_TRUE(chosen->validation_top1.has_value());
    EXPECT_EQ(std::ranges::count(sweep.probe_rates, chosen->chosen.learning_rate), 1);
}

TEST_F(ProtocolTest, RefusesWhatIsNone) {
    EXPECT_THROW(scores(protocol("linaer"), alone_), ConfigError);
    auto few = protocol("linear");
    few.label_fraction = 0;
    EXPECT_THROW(scores(few, alone_), ConfigError);
}

}  // namespace
}  // namespace sslslr
