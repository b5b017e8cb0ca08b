#include <cmath>
#include <regex>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "src/errors.hpp"
#include "src/train/trainer.hpp"
#include "tests/src/train/toy_training.hpp"

namespace sslslr {
namespace {

using dist::Communicator;

/// Trains as `settings` say on all ranks and, beside it, on this rank alone with whole batches; the two must
/// be the same training in loss, gradient and everything the method remembers.
void expect_same_training(toy::Settings settings, double weight_tolerance) {
    SCOPED_TRACE(fmt::format("{}, norm {}, {} of {} clips, micro-batch {}", settings.method, settings.norm,
                             settings.global_batch, settings.clips, settings.trainer.micro_batch));
    toy::Training many{Communicator::world(), settings};
    settings.trainer.micro_batch = 0;
    toy::Training one{Communicator::self(), settings};
    const auto start = toy::state(*one.method);

    for (int step = 0; step < 10; ++step) {
        const auto report = many.trainer.step();
        const auto expected = one.trainer.step();
        ASSERT_NEAR(report.loss, expected.loss, 1e-10 * std::abs(expected.loss)) << "step " << step;
        ASSERT_NEAR(report.spread.raw, expected.spread.raw, 1e-9) << "step " << step;
        ASSERT_NEAR(report.spread.normalised, expected.spread.normalised, 1e-9) << "step " << step;
        if (step < 3) {  // later gradients follow weights that differ by rounding
            const auto gradient = toy::gradient(*one.method);
            const auto difference = (toy::gradient(*many.method) - gradient).abs().max().item<double>();
            ASSERT_LE(difference, 1e-10 * gradient.abs().max().item<double>()) << "step " << step;
        }
    }

    const auto moved = (toy::state(*one.method) - start).norm().item<double>();
    const auto apart = (toy::state(*many.method) - toy::state(*one.method)).norm().item<double>();
    EXPECT_GT(moved, 1e-3);
    EXPECT_LE(apart, weight_tolerance * moved);
}

/// Every method on even batches and on uneven ones whose last holds fewer clips than there are ranks.
class EveryMethod : public testing::TestWithParam<std::string> {
protected:
    void expect_exact(std::int64_t micro_batch, const std::string& norm = "auto") {
        for (const auto& [clips, global_batch] : {std::pair{24, 8}, std::pair{23, 10}}) {
            toy::Settings settings{
                .method = GetParam(), .norm = norm, .clips = clips, .global_batch = global_batch};
            settings.trainer.micro_batch = micro_batch;
            expect_same_training(settings, 1e-9);
        }
    }
};

TEST_P(EveryMethod, OnAnyNumberOfRanksEqualsOneRank) {
    expect_exact(0);
}

TEST_P(EveryMethod, InMicroBatchesEqualsTheWholeBatch) {
    expect_exact(1);
    expect_exact(3);
}

TEST_P(EveryMethod, WithBatchNormInItsHeadsIsExactToo) {
    expect_exact(0, "all");
    expect_exact(3, "all");
}

TEST_P(EveryMethod, WithoutBatchNormIsExactToo) {
    expect_exact(0, "none");
    expect_exact(3, "none");
}

INSTANTIATE_TEST_SUITE_P(Methods, EveryMethod, testing::ValuesIn(method_names()), [](const auto& name) {
    return std::regex_replace(name.param, std::regex{"-"}, "");
});

TEST(Trainer, OnAnyNumberOfRanksEqualsOneRankWithEveryOptimizer) {
    toy::Settings settings{.method = "byol"};
    settings.trainer = {.optimizer = {.name = "adamw", .learning_rate = 1e-3, .weight_decay = 0.01}};
    expect_same_training(settings, 1e-7);
    settings.trainer = {.optimizer = {.name = "lars",
                                      .learning_rate = 4,
                                      .rate_scaling = "sqrt",
                                      .weight_decay = 1e-3,
                                      .clip_gradient_norm = 0.1,
                                      .constant_predictor_rate = true},
                        .micro_batch = 2};
    expect_same_training(settings, 1e-7);
}

TEST(Trainer, ABatchOfOneClipLeavesAllRanksButTheFirstEmptyAndIsStillExact) {
    expect_same_training({.clips = 7, .global_batch = 1}, 1e-9);
}

TEST(Trainer, BucketSizesDoNotChangeTheTraining) {
    toy::Settings settings{.method = "simsiam"};
    settings.trainer.reduction.bucket_bytes = 1000;
    expect_same_training(settings, 1e-9);
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
    for (const auto& [optimizer, method] : {std::pair{"sgd", "moco-v2"}, std::pair{"adamw", "sl-fpn"},
                                            std::pair{"lars", "byol"}, std::pair{"sgd", "pcl"}}) {
        const toy::Settings settings{.method = method,
                                     .trainer = {.optimizer = {.name = optimizer, .learning_rate = 0.01}},
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
            << optimizer << ' ' << method;
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

}  // namespace
}  // namespace sslslr
