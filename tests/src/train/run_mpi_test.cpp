#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "src/errors.hpp"
#include "src/train/checkpoints.hpp"
#include "src/train/run.hpp"
#include "tests/shared_folder_test.hpp"
#include "tests/src/train/toy_training.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

class RunTest : public test::SharedFolderTest {
protected:
    /// One life of a run, on weights of its own; returns the weights it ends with.
    torch::Tensor live(std::int64_t last_step, const RunHooks& hooks = {}, std::uint64_t weights = 1) {
        toy::Training training{world_.duplicate(),
                               {.precision = Precision::float32, .weights_seed = weights}};
        run_training(training.trainer, training.group,
                     {.folder = folder_,
                      .last_step = last_step,
                      .checkpoint_every = 2,
                      .keep_checkpoints = 3,
                      .attributes = {}},
                     hooks);
        return toy::state(*training.method);
    }

    /// One life of a run that collapses: AdamW at a high rate draws the outputs of SL-FPN together.
    void live_to_collapse(const CollapseConfig& collapse, std::int64_t last_step,
                          const RunHooks& hooks = {}) {
        toy::Settings settings{.precision = Precision::float32};
        settings.trainer.optimizer = {.name = "adamw", .learning_rate = 0.02};
        toy::Training training{world_.duplicate(), settings};
        run_training(training.trainer, training.group,
                     {.folder = folder_,
                      .last_step = last_step,
                      .checkpoint_every = 2,
                      .keep_checkpoints = 1,
                      .collapse = collapse,
                      .attributes = {}},
                     hooks);
        collapsed_weights_ = toy::state(*training.method);
    }

    /// The file's rows that tell of an event.
    std::vector<nlohmann::json> events() const {
        std::ifstream file{folder_ / "metrics.jsonl"};
        std::vector<nlohmann::json> rows;
        for (std::string line; std::getline(file, line);) {
            if (auto row = nlohmann::json::parse(line); row.contains("event")) {
                rows.push_back(row);
            }
        }
        return rows;
    }

    std::vector<std::int64_t> metric_steps() const {
        std::ifstream file{folder_ / "metrics.jsonl"};
        std::vector<std::int64_t> steps;
        for (std::string line; std::getline(file, line);) {
            steps.push_back(nlohmann::json::parse(line)["step"]);
        }
        return steps;
    }

    /// Rank 0 empties the folder while the others wait.
    void start_anew() {
        world_.barrier();
        if (world_.rank() == 0) {
            fs::remove_all(folder_);
        }
        world_.barrier();
    }
    torch::Tensor collapsed_weights_;
};

TEST_F(RunTest, ARunThatStopsAndGoesOnEqualsOneThatNeverStopped) {
    const auto halves = [&] {
        RunHooks stop_at_five;
        int steps = 0;
        stop_at_five.on_step = [&](const StepReport&) { ++steps; };
        stop_at_five.stop_requested = [&] { return steps == 4; };  // during the fifth step
        live(9, stop_at_five);
        std::int64_t resumed = 0;
        RunHooks note;
        note.on_resume = [&](std::int64_t step) { resumed = step; };
        auto weights = live(9, note, 77);
        EXPECT_EQ(resumed, 5);
        return weights;
    }();
    world_.barrier();
    EXPECT_EQ(metric_steps(), (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9}));
    start_anew();

    EXPECT_TRUE(torch::equal(halves, live(9)));
}

TEST_F(RunTest, KeepsTheNewestCheckpointsAndDropsRowsBeyondTheOneItGoesOnFrom) {
    for (const auto last_step :
         {3, 6, 7, 9}) {  // the last checkpoint of a life is waited for, others may be passed over
        live(last_step);
    }
    world_.barrier();
    const auto kept = io::list_checkpoints(folder_ / "checkpoints");
    EXPECT_EQ(kept.size(), 3U);
    EXPECT_EQ(kept.rbegin()->first, 9);
    world_.barrier();
    if (world_.rank() == 0) {
        fs::remove(kept.rbegin()->second);  // as if killed before it was written
        std::ofstream{folder_ / "metrics.jsonl", std::ios::app}
            << R"({"step": 10, "lo)";  // and in the middle of a row
    }
    world_.barrier();

    live(10);

    world_.barrier();
    EXPECT_EQ(metric_steps(), (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
}

TEST_F(RunTest, ADamagedNewestCheckpointIsPassedOverWithAWarning) {
    const auto whole = live(6);
    world_.barrier();
    if (world_.rank() == 0) {
        const auto newest = io::list_checkpoints(folder_ / "checkpoints").rbegin()->second;
        std::fstream file{newest, std::ios::in | std::ios::out | std::ios::binary};
        file.seekp(static_cast<std::streamoff>(fs::file_size(newest) / 2));
        file.put('\x5a');
        file.put('\xa5');
    }
    world_.barrier();

    std::string warnings;
    RunHooks hooks;
    hooks.warn = [&](const std::string& text) { warnings += text; };
    const auto again = live(6, hooks, 77);

    EXPECT_EQ(warnings.find("step-000000006") != std::string::npos, world_.rank() == 0) << warnings;
    EXPECT_TRUE(torch::equal(whole, again)) << "trained the lost steps again";
}

TEST_F(RunTest, WhateverBitOfTheNewestCheckpointIsFlippedTheOneBeforeItIsTaken) {
    live(4);  // whose last checkpoint is waited for
    live(6);
    world_.barrier();
    const Checkpoints checkpoints{folder_, world_};
    const auto newest = folder_ / "checkpoints" / io::checkpoint_name(6);
    const auto bytes = static_cast<std::int64_t>(fs::file_size(newest));
    // Spread over the whole file: user block, HDF5's own structures, names, tensors, the last byte.
    const std::int64_t flips = world_.size() == 1 ? 2'500 : 60;
    ASSERT_GT(bytes, flips);
    const auto flip = [&](std::int64_t number) {
        if (world_.rank() == 0) {
            const auto at = static_cast<std::streamoff>(number * (bytes - 1) / (flips - 1));
            std::fstream file{newest, std::ios::in | std::ios::out | std::ios::binary};
            file.seekg(at);
            const int old = file.get();
            file.seekp(at);
            file.put(static_cast<char>(old ^ (1 << (number % 8))));
        }
        world_.barrier();
    };

    for (std::int64_t number = 0; number < flips; ++number) {
        std::string warnings;
        flip(number);
        const auto found = checkpoints.read_newest([&](const std::string& text) { warnings += text; });
        world_.barrier();
        flip(number);

        ASSERT_TRUE(found.has_value());
        ASSERT_EQ(found->attributes.at("step"), "4") << "flip " << number;
        ASSERT_EQ(warnings.find("going back to the checkpoint before it") != std::string::npos,
                  world_.rank() == 0);
    }
    EXPECT_EQ(checkpoints.read_newest([](const std::string&) {})->attributes.at("step"), "6");
    world_.barrier();
}

TEST_F(RunTest, WhatAKilledWriterHasLeftIsRemoved) {
    live(4);
    world_.barrier();
    const auto half = folder_ / "checkpoints" / (io::checkpoint_name(5).string() + ".partial");
    if (world_.rank() == 0) {
        std::ofstream{half} << "half of a checkpoint";
    }
    world_.barrier();

    Checkpoints{folder_, world_}.read_newest(
        [](const std::string&) {});  // as evaluate does, while others may write
    EXPECT_TRUE(fs::exists(half));
    live(4);

    world_.barrier();
    EXPECT_FALSE(fs::exists(half));
}

TEST_F(RunTest, ACollapseIsToldAndTheTrainingGoesOnUnlessAskedOtherwise) {
    std::string warnings;
    RunHooks hooks;
    hooks.warn = [&](const std::string& text) { warnings += text; };

    live_to_collapse({.policy = "warn", .threshold = 0.4, .patience = 3}, 60, hooks);

    world_.barrier();
    EXPECT_EQ(metric_steps().size(), 60U);
    EXPECT_EQ(warnings.find("the outputs have collapsed") != std::string::npos, world_.rank() == 0)
        << warnings;
}

TEST_F(RunTest, ACollapseThatNobodyWatchedIsSeenByTheNextLifeThatDoes) {
    live_to_collapse({.policy = "none", .threshold = 0.4, .patience = 3}, 50);

    try {
        live_to_collapse({.policy = "stop", .threshold = 0.4, .patience = 3}, 60);
        FAIL() << "the collapsed state was taken as healthy";
    } catch (const TrainingError& error) {
        EXPECT_NE(std::string{error.what()}.find("have collapsed"), std::string::npos) << error.what();
    }
    world_.barrier();
    EXPECT_EQ(metric_steps().back(), 52) << "the first step that counts: 51 has the short batch of an epoch";
}

TEST_F(RunTest, WhoWantsToGoBackToACheckpointThatWasNotKeptIsToldSo) {
    live_to_collapse({.policy = "none", .threshold = 0.4, .patience = 3}, 50);

    try {
        live_to_collapse({.policy = "go-back", .threshold = 0.4, .patience = 3}, 60);
        FAIL() << "there is none";
    } catch (const TrainingError& error) {
        EXPECT_NE(std::string{error.what()}.find("no healthy checkpoint to go back to"), std::string::npos)
            << error.what();
    }
}

TEST_F(RunTest, ACollapseEndsTheTrainingWithACheckpointIfSoAsked) {
    std::string message;
    try {
        live_to_collapse({.policy = "stop", .threshold = 0.4, .patience = 3}, 60);
    } catch (const TrainingError& error) {
        message = error.what();
    }
    world_.barrier();
    EXPECT_NE(message.find("collapsed: for 3 steps up to step"), std::string::npos) << message;
    EXPECT_EQ(exit_code_of(TrainingError{message}), 5);
    const auto last_step = metric_steps().back();
    EXPECT_LT(last_step, 60);
    EXPECT_TRUE(fs::exists(folder_ / "checkpoints" / io::checkpoint_name(last_step)));
}

TEST_F(RunTest, ACollapseLeadsBackToTheLastHealthyCheckpointWithALowerRate) {
    const CollapseConfig collapse{
        .policy = "go-back", .threshold = 0.4, .patience = 3, .rate_factor = 0.001, .retries = 2};
    std::vector<double> rates;
    RunHooks hooks;
    hooks.on_step = [&](const StepReport& report) { rates.push_back(report.learning_rate); };

    live_to_collapse(collapse, 60, hooks);

    world_.barrier();
    const auto told = events();
    ASSERT_EQ(told.size(), 1U) << "at a thousandth of the rate nothing moves any more";
    const std::int64_t healthy = told[0]["step"];
    const std::int64_t collapsed = told[0]["collapsed_at_step"];
    EXPECT_LT(healthy, collapsed - 2);
    EXPECT_EQ(metric_steps().size(), 61U) << "60 steps and the event";
    EXPECT_EQ(rates.size(), static_cast<std::size_t>(60 + collapsed - healthy)) << "steps were taken again";
    EXPECT_LT(rates[static_cast<std::size_t>(collapsed)], 0.002 * rates[static_cast<std::size_t>(healthy)]);
}

TEST_F(RunTest, ARunThatWentBackGoesOnBitForBitAfterAStop) {
    const CollapseConfig collapse{
        .policy = "go-back", .threshold = 0.4, .patience = 3, .rate_factor = 0.001, .retries = 2};
    live_to_collapse(collapse, 60);
    const auto whole = collapsed_weights_;
    start_anew();

    std::int64_t steps = 0;
    RunHooks stop_later;
    stop_later.on_step = [&](const StepReport&) { ++steps; };
    stop_later.stop_requested = [&] { return steps == 50; };  // after the return
    live_to_collapse(collapse, 60, stop_later);
    live_to_collapse(collapse, 60);

    EXPECT_TRUE(torch::equal(whole, collapsed_weights_));
}

TEST_F(RunTest, ReturnsAreLimited) {
    EXPECT_THROW(
        live_to_collapse(
            {.policy = "go-back", .threshold = 0.4, .patience = 3, .rate_factor = 0.9, .retries = 2}, 200),
        TrainingError);
    world_.barrier();
    EXPECT_EQ(events().size(), 2U);
}

}  // namespace
}  // namespace sslslr
