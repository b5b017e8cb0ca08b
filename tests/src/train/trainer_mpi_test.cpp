#include <gtest/gtest.h>

#include "src/errors.hpp"
#include "src/settings/words.hpp"
#include "src/train/trainer.hpp"
#include "tests/src/train/same_training.hpp"

namespace sslslr {
namespace {

using dist::Communicator;

TEST(Trainer, OnAnyNumberOfRanksEqualsOneRankWithEveryOptimizer) {
    toy::Settings settings{.method = "byol"};
    settings.trainer = {
        .optimizer = {.kind = OptimizerKind::adamw, .learning_rate = 1e-3, .weight_decay = 0.01}};
    toy::expect_same_training(settings, 1e-7);
    settings.trainer = {.optimizer = {.kind = OptimizerKind::lars,
                                      .learning_rate = 4,
                                      .rate_scaling = RateScaling::sqrt,
                                      .weight_decay = 1e-3,
                                      .clip_gradient_norm = 0.1,
                                      .constant_predictor_rate = true},
                        .micro_batch = 2};
    toy::expect_same_training(settings, 1e-7);
}

TEST(Trainer, ABatchOfOneClipLeavesAllRanksButTheFirstEmptyAndIsStillExact) {
    toy::expect_same_training({.clips = 7, .global_batch = 1}, 1e-9);
}

TEST(Trainer, DrawnBoundariesTrainAlikeOnAnyNumberOfRanks) {
    toy::expect_same_training({.boundary = BoundaryKind::drawn}, 1e-9);
}

TEST(Trainer, BucketSizesDoNotChangeTheTraining) {
    toy::Settings settings{.method = "simsiam"};
    settings.trainer.reduction.bucket_bytes = 1000;
    toy::expect_same_training(settings, 1e-9);
}

TEST(Trainer, CompressedGradientsStayCloseAndTheRanksAlike) {
    toy::Settings settings{};
    settings.trainer.reduction.compress = true;
    toy::Training compressed{Communicator::world(), settings};
    toy::Training exact{Communicator::self(), {}};

    compressed.trainer.step();
    exact.trainer.step();

    const auto gradient = toy::gradient(*exact.method);
    const auto difference = (toy::gradient(*compressed.method) - gradient).norm() / gradient.norm();
    const int roundings = Communicator::world().size();  // of the input and of each sum, 2^-8 each
    EXPECT_LE(difference.item<double>(), 2 * roundings * 0x1p-8);
    EXPECT_NO_THROW(compressed.trainer.check_weights());
}

TEST(Trainer, Bfloat16StaysCloseToFloat32AndTheRanksAlike) {
    toy::Training half{Communicator::world(), {.precision = Precision::bfloat16}};
    toy::Training whole{Communicator::world(), {.precision = Precision::float32}};

    const auto loss = half.trainer.step().loss;
    const auto expected = whole.trainer.step().loss;

    EXPECT_NE(loss, expected) << "bfloat16 was not used";
    EXPECT_NEAR(loss / expected, 1, 0.05);
    const auto a = toy::gradient(*half.method);
    const auto b = toy::gradient(*whole.method);
    EXPECT_EQ(a.scalar_type(), torch::kFloat32);
    EXPECT_GT(torch::dot(a, b).item<float>() / (a.norm() * b.norm()).item<float>(), 0.98);
    EXPECT_NO_THROW(half.trainer.check_weights());
}

TEST(Trainer, AllRanksHoldTheSameBits) {
    toy::Training training{Communicator::world(), {.precision = Precision::float32}};

    for (int step = 0; step < 5; ++step) {
        training.trainer.step();
    }

    EXPECT_NO_THROW(training.trainer.check_weights());
}

TEST(Trainer, WeightsThatDifferBetweenRanksAreFound) {
    toy::Training training{Communicator::world(), {.precision = Precision::float32}};
    training.trainer.step();
    const torch::NoGradGuard no_grad;
    const auto world = Communicator::world();
    if (world.rank() == world.size() - 1 && world.size() > 1) {
        training.method->parameters()
            .front()
            .view(torch::kInt32)
            .flatten()[0]
            .bitwise_xor_(1);  // the last bit of one weight
    }

    if (world.size() > 1) {
        EXPECT_THROW(training.trainer.check_weights(), std::runtime_error);
    } else {
        EXPECT_NO_THROW(training.trainer.check_weights());
    }
}

TEST(Trainer, GoingOnFromAStateEqualsNeverStoppingBitForBit) {
    for (const auto& [optimizer, method] :
         {std::pair{OptimizerKind::sgd, "moco-v2"}, std::pair{OptimizerKind::adamw, "sl-fpn"},
          std::pair{OptimizerKind::lars, "byol"}, std::pair{OptimizerKind::sgd, "pcl"}}) {
        const toy::Settings settings{.method = method,
                                     .trainer = {.optimizer = {.kind = optimizer, .learning_rate = 0.01}},
                                     .precision = Precision::float32};
        toy::Training whole{Communicator::world(), settings};
        toy::Training first{Communicator::world(), settings};
        auto other = settings;
        other.weights_seed = 99;
        toy::Training second{Communicator::world(), other};

        for (int step = 0; step < 9; ++step) {
            whole.trainer.step();
        }
        for (int step = 0; step < 4; ++step) {
            first.trainer.step();
        }
        second.trainer.load_state(first.trainer.state());
        for (int step = 4; step < 9; ++step) {
            second.trainer.step();
        }

        EXPECT_EQ(second.trainer.steps_done(), 9);
        EXPECT_TRUE(torch::equal(toy::state(*whole.method), toy::state(*second.method)))
            << word_of(optimizer) << ' ' << method;
    }
}

TEST(Trainer, AStateOfAnotherModelIsRefusedByName) {
    toy::Training training{Communicator::world(), {}};
    toy::Training supervised{Communicator::world(), {.method = "supervised"}};

    try {
        supervised.trainer.load_state(training.trainer.state());
        FAIL() << "took the state of another model";
    } catch (const ConfigError& error) {
        EXPECT_NE(std::string{error.what()}.find("classifier"), std::string::npos) << error.what();
    }
}

TEST(Trainer, ALossThatIsNotFiniteStopsEveryRankAtTheSameStepBeforeTheWeightsMove) {
    toy::Training training{Communicator::world(), {}};
    training.trainer.step();
    training.features.frames.slice(0, training.features.offsets[4], training.features.offsets[5]).fill_(NAN);

    std::string message;
    while (message.empty() && training.trainer.steps_done() < 6) {
        try {
            training.trainer.step();
        } catch (const TrainingError& error) {
            message = error.what();
        }
    }

    EXPECT_NE(message.find("the loss is nan at step"), std::string::npos) << message;
    for (const auto& other : Communicator::world().all_gather(message)) {
        EXPECT_EQ(other, message);
    }
    EXPECT_TRUE(toy::state(*training.method).isfinite().all().item<bool>());
}

TEST(Trainer, AStopAskedForOnOneRankReachesAll) {
    toy::Training training{Communicator::world(), {}};
    const auto world = Communicator::world();

    EXPECT_FALSE(training.trainer.step(false).stop);
    EXPECT_TRUE(training.trainer.step(world.rank() == world.size() - 1).stop);
}

TEST(Trainer, MeasurementsAreTheSameBitsOnAnyNumberOfRanks) {
    for (const std::string method :
         {"sl-fpn", "simclr", "supervised"}) {  // without batch norm, with it, without projections
        toy::Training many{Communicator::world(), {.method = method, .precision = Precision::float32}};
        toy::Training one{Communicator::self(), {.method = method, .precision = Precision::float32}};

        const auto spread = many.trainer.measure_spread();
        const auto expected = one.trainer.measure_spread();

        EXPECT_EQ(spread.features.raw, expected.features.raw);
        EXPECT_EQ(spread.features.normalised, expected.features.normalised);
        EXPECT_GT(spread.features.raw, 0);
        ASSERT_EQ(spread.projections.has_value(), method != "supervised");
        EXPECT_EQ(spread.outputs().raw, expected.outputs().raw);
        EXPECT_EQ(&spread.outputs() == &spread.features, method == "supervised");
        EXPECT_EQ(many.trainer.measure_order_sensitivity(), one.trainer.measure_order_sensitivity());
    }
}

TEST(Trainer, BatchNormIsMeasuredByTheFixedClipsAndKeepsNothingOfThem) {
    const toy::Settings settings{.method = "simclr", .norm = HeadNorm::all};
    toy::Training measured{Communicator::world(), settings};
    toy::Training plain{Communicator::world(), settings};
    plain.trainer.warm_up();

    const auto spread = measured.trainer.measure_spread();

    EXPECT_NEAR(spread.outputs().raw, 1, 0.01) << "z of variance 1, before any step";
    EXPECT_TRUE(torch::equal(toy::state(*measured.method), toy::state(*plain.method)));
    measured.trainer.step();
    plain.trainer.step();
    EXPECT_TRUE(torch::equal(toy::state(*measured.method), toy::state(*plain.method)));
}

TEST(Trainer, MeasurementsAreFreeOfDropout) {
    toy::Training training{Communicator::world(), {.precision = Precision::float32}};

    const auto once = training.trainer.measure_spread();
    training.trainer.step();
    const auto moved = training.trainer.measure_spread();

    EXPECT_EQ(moved.outputs().raw, training.trainer.measure_spread().outputs().raw);
    EXPECT_NE(moved.outputs().raw, once.outputs().raw);
    EXPECT_TRUE(training.method->is_training());
}

/// A method that records the devices it is moved to. This test has only one device.
class MovedMethod final : public Method {
public:
    MovedMethod()
        : Method{{.features = 6, .frames = 16, .blocks = 1, .width = 8, .heads = 2}, {.first = true}} {}

    void to(torch::Device device, bool non_blocking) override {
        moves.push_back(device);
        Method::to(device, non_blocking);
    }
    LossTerms loss(const Encoded& encoded, const Batch&, dist::Group&) override {
        return {.terms = {{"square", encoded.trained.first.square().sum()}}};
    }
    bool couples_clips() const override { return false; }

    std::vector<torch::Device> moves;
};

TEST(Trainer, WeightsAreOnTheDeviceBeforeAnOptimizersStateIsMadeLikeThem) {
    dist::Group group{Communicator::self(), at::kCPU};
    const auto features = toy::features(4, torch::kFloat32);
    const Batches batches{features, {0, 1, 2, 3}, {.global_batch = 4}};
    MovedMethod method;

    const Trainer trainer{method, batches, {}, Schedule{{}, 1, 1}, group};

    EXPECT_EQ(method.moves, (std::vector<torch::Device>{group.device()})) << "a state may be loaded now";
}

}  // namespace
}  // namespace sslslr
