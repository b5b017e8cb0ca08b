#include <gtest/gtest.h>

#include "src/errors.hpp"
#include "src/train/trainer.hpp"
#include "tests/src/train/toy_training.hpp"

namespace sslslr {
namespace {

using dist::Communicator;

/// Trains on all ranks and, beside it, on this rank alone; the two must be the same training.
void expect_ranks_equal_one(const toy::Settings& settings, double weight_tolerance) {
    toy::Training many{Communicator::world(), settings};
    toy::Training one{Communicator::self(), settings};
    const auto start = toy::flat(*one.method);

    for (int step = 0; step < 20; ++step) {
        const auto report = many.trainer.step();
        const auto expected = one.trainer.step();
        ASSERT_NEAR(report.loss, expected.loss, 1e-10 * expected.loss) << "step " << step;
        ASSERT_NEAR(report.spread.raw, expected.spread.raw, 1e-10) << "step " << step;
        ASSERT_NEAR(report.spread.normalised, expected.spread.normalised, 1e-9) << "step " << step;
        if (step <
            3) {  // the third batch holds 3 clips; later gradients follow weights that differ by rounding
            const auto gradient = toy::flat(*one.method, true);
            const auto difference = (toy::flat(*many.method, true) - gradient).abs().max().item<double>();
            ASSERT_LE(difference, 1e-10 * gradient.abs().max().item<double>()) << "step " << step;
        }
    }

    const auto moved = (toy::flat(*one.method) - start).norm().item<double>();
    const auto apart = (toy::flat(*many.method) - toy::flat(*one.method)).norm().item<double>();
    EXPECT_GT(moved, 1e-3);
    EXPECT_LE(apart, weight_tolerance * moved);
}

TEST(Trainer, SlFpnOnAnyNumberOfRanksEqualsOneRankWithSgd) {
    expect_ranks_equal_one({}, 1e-9);
}

TEST(Trainer, SlFpnOnAnyNumberOfRanksEqualsOneRankWithAdamW) {
    expect_ranks_equal_one({.optimizer = {.name = "adamw", .learning_rate = 1e-3, .weight_decay = 0.01}},
                           1e-7);
}

TEST(Trainer, SupervisedOnAnyNumberOfRanksEqualsOneRank) {
    expect_ranks_equal_one({.method = "supervised"}, 1e-9);
}

TEST(Trainer, ABatchOfOneClipLeavesAllRanksButTheFirstEmptyAndIsStillExact) {
    expect_ranks_equal_one({.clips = 7, .global_batch = 1}, 1e-9);
}

TEST(Trainer, AllRanksHoldTheSameBits) {
    toy::Training training{Communicator::world(), {.dtype = torch::kFloat32}};

    for (int step = 0; step < 5; ++step) {
        training.trainer.step();
    }

    EXPECT_NO_THROW(training.trainer.check_weights());
}

TEST(Trainer, WeightsThatDifferBetweenRanksAreFound) {
    toy::Training training{Communicator::world(), {.dtype = torch::kFloat32}};
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
    for (const std::string optimizer : {"sgd", "adamw"}) {
        const toy::Settings settings{.optimizer = {.name = optimizer, .learning_rate = 0.01},
                                     .dtype = torch::kFloat32};
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
        EXPECT_TRUE(torch::equal(toy::flat(*whole.method), toy::flat(*second.method))) << optimizer;
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
    EXPECT_TRUE(toy::flat(*training.method).isfinite().all().item<bool>());
}

TEST(Trainer, AStopAskedForOnOneRankReachesAll) {
    toy::Training training{Communicator::world(), {}};
    const auto world = Communicator::world();

    EXPECT_FALSE(training.trainer.step(false).stop);
    EXPECT_TRUE(training.trainer.step(world.rank() == world.size() - 1).stop);
}

}  // namespace
}  // namespace sslslr
