#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <set>

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
    /// Starts or resumes the run up to `last_step`; returns the final state.
    /// @param weights  seed of the initial weights
    torch::Tensor live(std::int64_t last_step, const RunHooks& hooks = {}, std::uint64_t weights = 1) {
        toy::Training training{
            world_.duplicate(),
            {.precision = Precision::float32, .weights_seed = weights, .balanced = balanced_}};
        run_training(training.trainer, training.group,
                     {.folder = folder_,
                      .last_step = last_step,
                      .checkpoint_every = 2,
                      .keep_checkpoints = 3,
                      .spread_every = spread_every_,
                      .attributes = {}},
                     hooks);
        return toy::state(*training.method);
    }

    /// The same for a run that collapses: AdamW at a high rate draws the outputs of SL-FPN together. Keeps
    /// the final state in collapsed_weights_.
    void live_to_collapse(const CollapseConfig& collapse, std::int64_t last_step,
                          const RunHooks& hooks = {}) {
        toy::Settings settings{.precision = Precision::float32};
        settings.trainer.optimizer = {.kind = OptimizerKind::adamw, .learning_rate = 0.02};
        toy::Training training{world_.duplicate(), settings};
        run_training(training.trainer, training.group,
                     {.folder = folder_,
                      .last_step = last_step,
                      .checkpoint_every = 2,
                      .keep_checkpoints = 1,
                      .spread_every = 1,
                      .collapse = collapse,
                      .attributes = {}},
                     hooks);
        collapsed_weights_ = toy::state(*training.method);
    }

    std::vector<std::int64_t> metric_steps() const {
        std::ifstream file{folder_ / "metrics.jsonl"};
        std::vector<std::int64_t> steps;
        for (std::string line; std::getline(file, line);) {
            steps.push_back(nlohmann::json::parse(line)["step"]);
        }
        return steps;
    }

    /// The metric rows that hold a number of this name, as step -> number.
    std::map<std::int64_t, double> column(const std::string& name) const {
        std::ifstream file{folder_ / "metrics.jsonl"};
        std::map<std::int64_t, double> numbers;
        for (std::string line; std::getline(file, line);) {
            if (const auto row = nlohmann::json::parse(line); row.contains(name)) {
                numbers[row["step"]] = row[name];
            }
        }
        return numbers;
    }
    static std::vector<std::int64_t> steps_of(const std::map<std::int64_t, double>& numbers) {
        std::vector<std::int64_t> steps;
        for (const auto& [step, number] : numbers) {
            steps.push_back(step);
        }
        return steps;
    }
    /// The measurements stored in the checkpoint of a step.
    std::map<std::string, std::string> remembered(std::int64_t step) const {
        auto attributes = io::read_checkpoint(folder_ / "checkpoints" / io::checkpoint_name(step)).attributes;
        std::erase_if(attributes, [](const auto& item) { return !item.first.starts_with("collapse_"); });
        return attributes;
    }

    /// Empties the folder on rank 0. Collective.
    void start_anew() {
        world_.barrier();
        if (world_.rank() == 0) {
            fs::remove_all(folder_);
        }
        world_.barrier();
    }
    torch::Tensor collapsed_weights_;
    std::optional<std::int64_t> spread_every_;
    bool balanced_ = false;
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

TEST_F(RunTest, RowsHoldWhatWasMeasuredAtTheFirstTheLastAndEverySoManySteps) {
    spread_every_ = 4;
    live(10);

    world_.barrier();
    const std::vector<std::int64_t> measured{1, 4, 8, 10};
    for (const auto* const name :
         {"spread", "spread_normalised", "spread_features", "spread_features_normalised"}) {
        EXPECT_EQ(steps_of(column(name)), measured) << name;
    }
    EXPECT_EQ(steps_of(column("order_sensitivity")), (std::vector<std::int64_t>{1, 2, 4, 6, 8, 10}))
        << "the first step and the checkpoints";
    toy::Training fresh{world_.duplicate(), {.precision = Precision::float32}};
    const auto before = fresh.trainer.measure_spread();
    EXPECT_EQ(column("spread").at(1), before.outputs().raw) << "before any update";
    EXPECT_EQ(column("spread_features_normalised").at(1), before.features.normalised);
}

TEST_F(RunTest, ACollapseBehindBatchNormIsSeenOnceABatchWasCounted) {
    toy::Training training{world_.duplicate(), {.method = "simclr", .norm = HeadNorm::all}};
    const auto share_left = [&] {  // of the spread, when the norm's input shrinks to a tenth
        const auto before = training.trainer.measure_spread().projections->raw;
        const torch::NoGradGuard no_grad;
        training.method->named_parameters()["projector.output.weight"].mul_(0.1);
        return training.trainer.measure_spread().projections->raw / before;
    };

    EXPECT_NEAR(share_left(), 1, 0.05)
        << "by the clips' own statistics: the first value that others are shares of";
    training.trainer.step();
    EXPECT_NEAR(share_left(), 0.1, 1e-9);
}

TEST_F(RunTest, WithoutMeasuringRowsHoldNone) {
    live(3);

    world_.barrier();
    EXPECT_TRUE(column("spread_features").empty());
    EXPECT_TRUE(column("order_sensitivity").empty());
}

TEST_F(RunTest, MeasurementsFallOnTheSameStepsWhereverARunWasResumed) {
    const auto watched = [&] {
        const auto numbers = column("spread");
        return std::map<std::int64_t, double>{{1, numbers.at(1)}, {3, numbers.at(3)}, {6, numbers.at(6)}};
    };
    const auto plain = live(7);
    start_anew();
    spread_every_ = 3;
    EXPECT_TRUE(torch::equal(live(7), plain)) << "measuring changes nothing";
    world_.barrier();
    const auto whole = watched();
    const auto state = remembered(7);
    start_anew();

    for (const auto last_step : {2, 5, 7}) {  // steps 2 and 5 take measurements that the monitor ignores
        live(last_step);
    }

    world_.barrier();
    EXPECT_EQ(watched(), whole);
    EXPECT_EQ(remembered(7), state);
    EXPECT_NE(state.at("collapse_first_raw"), "0");
}

TEST_F(RunTest, ARunThatIsExtendedKeepsTheMeasurementsOfItsFormerEnd) {
    spread_every_ = 4;
    live(10);
    world_.barrier();
    const std::vector through{column("spread"), column("order_sensitivity")};
    start_anew();

    live(7);
    live(10);

    world_.barrier();
    std::vector extended{column("spread"), column("order_sensitivity")};
    for (auto& numbers : extended) {
        EXPECT_EQ(numbers.erase(7), 1U);
    }
    EXPECT_EQ(extended, through) << "but for the row of the former end";
}

TEST_F(RunTest, ABalancedRunThatGoesOnWithinAnEpochEqualsOneThatNeverStopped) {
    balanced_ = true;
    live(5);  // an epoch has three steps
    const auto halves = live(9, {}, 77);
    start_anew();

    EXPECT_TRUE(torch::equal(halves, live(9)));
}

TEST_F(RunTest, KeepsTheNewestCheckpointsAndDropsRowsBeyondTheOneItGoesOnFrom) {
    for (const auto last_step :
         {3, 6, 7, 9}) {  // the last checkpoint of each part is waited for, earlier ones may be skipped
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
            << R"({"step": 10, "lo)";  // and while it wrote a row
    }
    world_.barrier();

    live(10);

    world_.barrier();
    EXPECT_EQ(metric_steps(), (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
}

TEST_F(RunTest, HooksComeBeforeEveryStepAndWriteEveryCheckpoint) {
    std::vector<std::int64_t> steps;
    std::set<std::string> written;  // filled by the writing thread, which the run joins
    RunHooks hooks;
    hooks.before_step = [&](std::int64_t step) { steps.push_back(step); };
    hooks.write_checkpoint = [&](const fs::path& path, const io::CheckpointFile& content) {
        io::write_checkpoint(path, content);
        written.insert(path.filename());
    };
    live(2, hooks);
    live(3, hooks);

    EXPECT_EQ(steps, (std::vector<std::int64_t>{1, 2, 3}));
    const std::set<std::string> names{io::checkpoint_name(2), io::checkpoint_name(3)};
    EXPECT_EQ(written, world_.rank() == 0 ? names : std::set<std::string>{});
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
    live(4);  // waits for its last checkpoint
    live(6);
    world_.barrier();
    const Checkpoints checkpoints{folder_, world_};
    const auto newest = folder_ / "checkpoints" / io::checkpoint_name(6);
    const auto bytes = static_cast<std::int64_t>(fs::file_size(newest));
    // Spreads the flips over the whole file: user block, HDF5's structures, names, tensors, the last byte.
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
        ASSERT_EQ(warnings.find("using the previous checkpoint") != std::string::npos, world_.rank() == 0);
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
        [](const std::string&) {});  // as evaluate does while others may write
    EXPECT_TRUE(fs::exists(half));
    live(4);

    world_.barrier();
    EXPECT_FALSE(fs::exists(half));
}

TEST_F(RunTest, ACollapseIsToldAndTheTrainingGoesOnUnlessAskedOtherwise) {
    std::string warnings;
    RunHooks hooks;
    hooks.warn = [&](const std::string& text) { warnings += text; };

    live_to_collapse({.policy = CollapsePolicy::warn, .threshold = 0.4, .patience = 3}, 60, hooks);

    world_.barrier();
    EXPECT_EQ(metric_steps().size(), 60U);
    EXPECT_EQ(warnings.find("the outputs have collapsed") != std::string::npos, world_.rank() == 0)
        << warnings;
}

TEST_F(RunTest, ACollapseThatNobodyWatchedIsSeenByTheNextLifeThatDoes) {
    live_to_collapse({.policy = CollapsePolicy::none, .threshold = 0.4, .patience = 3}, 50);

    try {
        live_to_collapse({.policy = CollapsePolicy::stop, .threshold = 0.4, .patience = 3}, 60);
        FAIL() << "the collapsed state was taken as healthy";
    } catch (const TrainingError& error) {
        EXPECT_NE(std::string{error.what()}.find("have collapsed"), std::string::npos) << error.what();
    }
    world_.barrier();
    EXPECT_EQ(metric_steps().back(), 51);
}

TEST_F(RunTest, ARunThatAnEarlierReleaseTrainsAtALowerRateIsRefused) {
    const auto live = [&](std::int64_t last_step) {
        toy::Training training{world_.duplicate(), {}};
        run_training(training.trainer, training.group,
                     {.folder = folder_, .last_step = last_step, .attributes = {{"collapse_returns", "2"}}},
                     {});
    };
    live(3);
    EXPECT_THROW(live(6), ConfigError);
    world_.barrier();
    EXPECT_EQ(metric_steps().back(), 3);
}

TEST_F(RunTest, ACollapseEndsTheTrainingWithACheckpointIfSoAsked) {
    std::string message;
    try {
        live_to_collapse({.policy = CollapsePolicy::stop, .threshold = 0.4, .patience = 3}, 60);
    } catch (const TrainingError& error) {
        message = error.what();
    }
    world_.barrier();
    EXPECT_NE(message.find("collapsed: in 3 measurements up to step"), std::string::npos) << message;
    EXPECT_EQ(exit_code_of(TrainingError{message}), 5);
    const auto last_step = metric_steps().back();
    EXPECT_LT(last_step, 60);
    EXPECT_TRUE(fs::exists(folder_ / "checkpoints" / io::checkpoint_name(last_step)));
}

}  // namespace
}  // namespace sslslr
