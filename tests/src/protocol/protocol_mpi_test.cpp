#include <filesystem>

#include <gtest/gtest.h>

#include "io/file/setting.hpp"
#include "src/data/points.hpp"
#include "src/errors.hpp"
#include "src/protocol/measured_run.hpp"
#include "src/protocol/protocol.hpp"
#include "src/settings/words.hpp"
#include "src/train/weights.hpp"
#include "tests/shared_folder_test.hpp"

namespace sslslr {
namespace {

constexpr std::int64_t clips_in_all = 60;

/// 60 clips of 4 to 6 frames with 6 features, of three classes that differ in their mean.
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

class ProtocolTest : public test::SharedFolderTest {
protected:
    void SetUp() override {
        for (std::int64_t clip = 0; clip < clips_in_all; ++clip) {
            clips_.labels.push_back(clip % 3);
            (clip < 30 ? clips_.train : clips_.test).push_back(clip);
        }
        clips_.class_names = {"x", "y", "z"};
        shape_.kind = method_named("supervised");
        shape_.classes = 3;
        shape_.encoder = {.features = 6, .frames = 8, .blocks = 1, .width = 8, .heads = 2, .dropout = 0.1};
        method_ = make_method(shape_, 1);
        method_->set_precision(Precision::float64);
        short_.epochs = {3};
        short_.schedule = {ScheduleKind::cosine, 0};
        short_.trainer.optimizer.learning_rate = 0.05;
    }

    /// Repeats the features until there are enough for the points that the control on raw skeletons reads.
    void name_points_of_arms_and_hands() {
        features_.layout.points = points_of(PointSet::upper_body);
        features_.frames = features_.frames.repeat({1, features_.layout.width() / 6 + 1})
                               .slice(1, 0, features_.layout.width())
                               .contiguous();
    }

    ProtocolSetting setting(dist::Group& group) const {
        return {.features = features_,
                .clips = clips_,
                .method = shape_,
                .precision = Precision::float64,
                .batches = {.global_batch = 7, .seed = 4, .augmentation = {}},
                .group = group};
    }
    torch::Tensor scores(const ProtocolConfig& config, dist::Group& group) {
        return protocol_scores(*method_, config, setting(group))->test;
    }
    /// The error of a protocol, or "" if it runs.
    std::string refusal(const ProtocolConfig& config) {
        try {
            scores(config, alone_);
        } catch (const ConfigError& error) {
            return io::as_options(error.what());
        }
        return "";
    }
    ProtocolConfig protocol(ProtocolKind kind) const {
        auto config = short_;
        config.kind = kind;
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
    for (const auto kind : {ProtocolKind::linear, ProtocolKind::knn}) {
        EXPECT_TRUE(torch::equal(scores(protocol(kind), group_), scores(protocol(kind), alone_)))
            << word_of(kind);
    }
}

TEST_F(ProtocolTest, TrainingTheWholeNetworkGivesOneRanksNumbers) {
    for (const auto kind :
         {ProtocolKind::fine_tune, ProtocolKind::semi_supervised, ProtocolKind::supervised}) {
        const auto many = scores(protocol(kind), group_);
        const auto one = scores(protocol(kind), alone_);
        EXPECT_LT((many - one).abs().max().item<double>(), 1e-9 * one.abs().max().item<double>())
            << word_of(kind);
    }
}

TEST_F(ProtocolTest, LabelsOfTestClipsHaveNoWayIn) {
    for (const auto kind :
         {ProtocolKind::linear, ProtocolKind::transfer, ProtocolKind::knn, ProtocolKind::semi_supervised,
          ProtocolKind::fine_tune, ProtocolKind::supervised, ProtocolKind::raw}) {
        if (kind == ProtocolKind::raw) {
            name_points_of_arms_and_hands();
        }
        const auto before = scores(protocol(kind), alone_);
        const auto labels = clips_.labels;
        for (const auto clip : clips_.test) {
            clips_.labels[static_cast<std::size_t>(clip)] = (clip + 1) % 3;
        }
        EXPECT_TRUE(torch::equal(before, scores(protocol(kind), alone_)))
            << word_of(kind) << ", other labels";
        for (const auto clip : clips_.test) {
            clips_.labels[static_cast<std::size_t>(clip)] = -1;
        }
        EXPECT_TRUE(torch::equal(before, scores(protocol(kind), alone_))) << word_of(kind) << ", no labels";
        clips_.labels = labels;
    }
}

TEST_F(ProtocolTest, CachedFeaturesGiveTheScoresOfFreshOnes) {
    auto cached = setting(group_);
    cached.embedding.cache = folder_ / "features";
    for (const auto kind : {ProtocolKind::linear, ProtocolKind::knn}) {
        const auto fresh = scores(protocol(kind), group_);
        for (const auto* const time : {"first", "second"}) {
            const auto again = protocol_scores(*method_, protocol(kind), cached)->test;
            EXPECT_TRUE(torch::equal(again, fresh)) << word_of(kind) << ", " << time;
        }
    }
}

TEST_F(ProtocolTest, AStoppedTrainingGoesOnToTheVeryScoresOfOneNeverStopped) {
    const auto whole = scores(protocol(ProtocolKind::fine_tune), group_);
    auto stopping = setting(group_);
    stopping.checkpoints = folder_;
    std::int64_t asked = 0;
    stopping.should_stop = [&] { return ++asked == 4; };

    EXPECT_FALSE(protocol_scores(*method_, protocol(ProtocolKind::fine_tune), stopping).has_value());
    const auto rest = protocol_scores(*method_, protocol(ProtocolKind::fine_tune), stopping);

    ASSERT_TRUE(rest.has_value());
    EXPECT_EQ(asked, 15);  // 3 epochs of 5 steps, none of them repeated
    EXPECT_TRUE(torch::equal(rest->test, whole));
    EXPECT_TRUE(
        torch::equal(protocol_scores(*method_, protocol(ProtocolKind::fine_tune), stopping)->test, whole));
    EXPECT_EQ(asked, 15) << "what is done is not done again";
}

TEST_F(ProtocolTest, RanksThatHangAreLookedForInATrainingAndNowhereElse) {
    for (const auto& checkpoints : {std::filesystem::path{}, folder_}) {
        auto watched = setting(group_);
        watched.checkpoints = checkpoints;
        int steps = 0;
        watched.on_step = [&](const StepReport&) { steps += group_.expects_progress() ? 1 : 0; };
        protocol_scores(*method_, protocol(ProtocolKind::fine_tune), watched);

        EXPECT_EQ(steps, 15);
        EXPECT_FALSE(group_.expects_progress());
    }
}

TEST_F(ProtocolTest, AnotherTrainingDoesNotGoOnFromAStoppedOne) {
    auto stopping = setting(group_);
    stopping.checkpoints = folder_;
    bool is_asked = true;
    stopping.should_stop = [&] { return is_asked; };
    protocol_scores(*method_, protocol(ProtocolKind::fine_tune), stopping);
    is_asked = false;
    auto longer = protocol(ProtocolKind::fine_tune);
    longer.epochs = {4};

    EXPECT_TRUE(torch::equal(protocol_scores(*method_, longer, stopping)->test, scores(longer, group_)));
}

TEST_F(ProtocolTest, MeasuresHoldRetrievalAmongTheLabelledClipsOnTheFirstRank) {
    name_points_of_arms_and_hands();
    shape_.encoder.features = features_.layout.width();
    method_ = make_method(shape_, 1);
    method_->set_precision(Precision::float64);
    const LabelledClips labelled{clips_, {.count = 3}, 4};

    const auto measured = measured_features(*method_, features_, clips_, labelled, group_, {});
    const auto raw = measured_skeletons(features_, clips_, labelled, group_);

    EXPECT_EQ(measured.test.size(0), std::ssize(clips_.test));
    if (group_.rank() != 0) {
        EXPECT_TRUE(measured.measures.empty() && raw.empty());
        return;
    }
    std::vector<std::string> names;
    for (const auto& [name, value] : raw) {
        names.push_back(name);
        EXPECT_TRUE(value > 0 && value <= 1) << name << " " << value;
        EXPECT_EQ(std::ranges::count(measured.measures, name, &NamedMeasure::name), 1) << name;
    }
    EXPECT_EQ(names, (std::vector<std::string>{"r1", "r5", "r10", "mrr"}));
}

TEST_F(ProtocolTest, FewerLabelsTeachLessAndTheSeedDrawsThem) {
    auto few = protocol(ProtocolKind::linear);
    few.labels.fraction = 0.3;

    EXPECT_FALSE(torch::equal(scores(few, alone_), scores(protocol(ProtocolKind::linear), alone_)));
    EXPECT_TRUE(torch::equal(scores(few, alone_), scores(few, alone_)));
}

TEST_F(ProtocolTest, FineTuningLeavesTheGivenEncoderAsItWas) {
    const auto before = weights_fingerprint(*method_);
    scores(protocol(ProtocolKind::fine_tune), alone_);

    EXPECT_EQ(weights_fingerprint(*method_), before);
}

TEST_F(ProtocolTest, FineTuningStartsFromTheGivenEncoder) {
    auto untrained = protocol(ProtocolKind::fine_tune);
    untrained.trainer.optimizer.learning_rate = 1e-12;
    const auto from_given = scores(untrained, alone_);
    untrained.kind = ProtocolKind::supervised;

    EXPECT_FALSE(torch::allclose(from_given, scores(untrained, alone_)));  // other weights: of seed 4, not 1
}

TEST_F(ProtocolTest, SeveralProbesNeedClipsToChooseOn) {
    auto sweep = protocol(ProtocolKind::linear);
    sweep.probe_rates = {1e-3, 1e-2};
    EXPECT_THROW(scores(sweep, alone_), ConfigError);

    clips_.validation = {27, 28, 29};
    clips_.train.resize(27);
    const auto chosen = protocol_scores(*method_, sweep, setting(alone_));
    ASSERT_TRUE(chosen->validation_top1.has_value());
    EXPECT_EQ(std::ranges::count(sweep.probe_rates, chosen->chosen.learning_rate), 1);
}

/// 24 clips train and 6 validate.
TEST_F(ProtocolTest, OfSeveralNumbersOfEpochsTheBestOnTheValidationClipsIsTrainedAgainOnBoth) {
    clips_.validation = {24, 25, 26, 27, 28, 29};
    clips_.train.resize(24);
    auto several = protocol(ProtocolKind::fine_tune);
    several.epochs = {1, 12};
    auto watched = setting(group_);
    std::vector<std::pair<std::int64_t, std::int64_t>> trainings;
    watched.on_training = [&](std::int64_t clips, std::int64_t steps) {
        trainings.emplace_back(clips, steps);
    };

    const auto chosen = protocol_scores(*method_, several, watched);

    ASSERT_TRUE(chosen && chosen->validation_top1);
    ASSERT_EQ(trainings.size(), 3U);
    EXPECT_EQ(trainings[0], std::pair(std::int64_t{24}, std::int64_t{4}));  // batches of 7
    EXPECT_EQ(trainings[1], std::pair(std::int64_t{24}, std::int64_t{48}));
    EXPECT_EQ(trainings[2], std::pair(std::int64_t{30}, 5 * chosen->chosen_epochs));
    auto alone = several;
    alone.epochs = {chosen->chosen_epochs};
    EXPECT_TRUE(torch::equal(chosen->test, scores(alone, group_)));
}

/// An epoch has 4 steps on 24 clips and 5 on 30.
TEST_F(ProtocolTest, NumbersOfEpochsThatTheLeastStepsMakeEqualAreOneAndWhatRanIsNamed) {
    clips_.validation = {24, 25, 26, 27, 28, 29};
    clips_.train.resize(24);
    auto several = protocol(ProtocolKind::fine_tune);
    several.epochs = {1, 2, 6};
    several.least_steps = 40;  // 10 epochs on 24 clips, 8 on 30
    auto watched = setting(group_);
    std::vector<std::int64_t> trainings;
    watched.on_training = [&](std::int64_t, std::int64_t steps) { trainings.push_back(steps); };

    const auto one = protocol_scores(*method_, several, watched);
    EXPECT_EQ(trainings, std::vector<std::int64_t>{40});
    EXPECT_EQ(one->chosen_epochs, 8);
    EXPECT_FALSE(one->validation_top1);

    trainings.clear();
    several.epochs = {1, 2, 12};
    const auto two = protocol_scores(*method_, several, watched);
    ASSERT_EQ(trainings.size(), 3U);
    EXPECT_EQ(trainings[0], 40);
    EXPECT_EQ(trainings[1], 48);
    EXPECT_EQ(trainings[2], 5 * two->chosen_epochs);
}

TEST_F(ProtocolTest, AStoppedChoiceOfEpochsGoesOnToTheVeryScores) {
    clips_.validation = {24, 25, 26, 27, 28, 29};
    clips_.train.resize(24);
    auto several = protocol(ProtocolKind::supervised);
    several.epochs = {1, 3};
    const auto whole = scores(several, group_);
    auto stopping = setting(group_);
    stopping.checkpoints = folder_;
    std::int64_t asked = 0;
    stopping.should_stop = [&] { return ++asked == 7; };

    EXPECT_FALSE(protocol_scores(*method_, several, stopping).has_value());
    const auto rest = protocol_scores(*method_, several, stopping);

    ASSERT_TRUE(rest.has_value());
    EXPECT_TRUE(torch::equal(rest->test, whole));
}

TEST_F(ProtocolTest, FewLabelsTrainForMoreEpochsWhereTheStepsWouldBeTooFew) {
    auto few = protocol(ProtocolKind::fine_tune);
    few.labels.count = 1;  // 3 clips, one step per epoch
    few.least_steps = 20;
    std::int64_t steps = 0;
    auto watched = setting(alone_);
    watched.on_training = [&](std::int64_t, std::int64_t planned) { steps = planned; };

    protocol_scores(*method_, few, watched);
    EXPECT_EQ(steps, 20);
    few.labels.count = 0;  // 30 clips, 5 steps per epoch
    few.least_steps = 14;
    protocol_scores(*method_, few, watched);
    EXPECT_EQ(steps, 15);
}

TEST_F(ProtocolTest, RefusesWhatIsNone) {
    EXPECT_THROW(scores(protocol(ProtocolKind::measures), alone_), ConfigError);
    EXPECT_THROW(scores(protocol(ProtocolKind::label_curve), alone_), ConfigError);
    auto few = protocol(ProtocolKind::linear);
    few.labels.fraction = 0;
    EXPECT_THROW(scores(few, alone_), ConfigError);
}

TEST(Protocol, IsNoTransferWhereAnyTestClipOrMostClipsPretrain) {
    EXPECT_FALSE(is_no_transfer(0, 0, 10));
    EXPECT_FALSE(is_no_transfer(0, 5, 10));
    EXPECT_TRUE(is_no_transfer(0, 6, 10));
    EXPECT_TRUE(is_no_transfer(1, 0, 10));
}

TEST_F(ProtocolTest, RefusesByTheOptionsName) {
    const std::vector<std::pair<std::string, std::function<void(ProtocolConfig&)>>> refused{
        {"--fine-tune-warmup-epochs 9: expected 0 to --fine-tune-epochs 3",
         [](auto& config) { config.schedule.warmup_epochs = 9; }},
        {"--fine-tune-rate 0: expected", [](auto& config) { config.trainer.optimizer.learning_rate = 0; }},
        {"--freeze belongs to --protocol semi-supervised", [](auto& config) { config.freeze = true; }},
        {"--probe both: expected mlp, linear", [](auto& config) { config.probe = ProbeKind::both; }},
        {"--probe-rates 0.1 0: expected",
         [](auto& config) {
             config.probe_rates = {0.1, 0};
         }},
        {"--probe-weight-decays -1: expected", [](auto& config) { config.probe_weight_decays = {-1}; }},
        {"--fine-tune-epochs 3 0: expected one number or more",
         [](auto& config) {
             config.epochs = {3, 0};
         }},
        {"2 --fine-tune-epochs to choose from, but no validation clips to choose on",
         [](auto& config) {
             config.epochs = {3, 5};
         }},
        {"--fine-tune-least-steps -1: expected", [](auto& config) { config.least_steps = -1; }},
        {"--label-count 2 and --label-fraction 0.5 exclude each other",
         [](auto& config) { config.labels = {.fraction = 0.5, .count = 2}; }},
        {"--neighbours 0: expected", [](auto& config) { config.neighbours = 0; }}};
    for (const auto& [text, change] : refused) {
        auto config = protocol(ProtocolKind::fine_tune);
        change(config);
        EXPECT_NE(refusal(config).find(text), std::string::npos) << text << ", not " << refusal(config);
    }
}

}  // namespace
}  // namespace sslslr
