#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "src/train/run.hpp"
#include "tests/src/train/toy_training.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;
using dist::Communicator;

/// A folder that all ranks share and the first makes and removes.
class RunTest : public testing::Test {
protected:
    void SetUp() override {
        const auto* const name = testing::UnitTest::GetInstance()->current_test_info()->name();
        folder_ = world_.broadcast(
            (fs::temp_directory_path() / (std::string{"sslslr-"} + name + std::to_string(getpid())))
                .string());
    }
    void TearDown() override {
        world_.barrier();
        if (world_.rank() == 0) {
            fs::remove_all(folder_);
        }
    }

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

    std::vector<std::int64_t> metric_steps() const {
        std::ifstream file{fs::path{folder_} / "metrics.jsonl"};
        std::vector<std::int64_t> steps;
        for (std::string line; std::getline(file, line);) {
            steps.push_back(nlohmann::json::parse(line)["step"]);
        }
        return steps;
    }

    Communicator world_ = Communicator::world();
    std::string folder_;
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
    world_.barrier();
    if (world_.rank() == 0) {
        fs::remove_all(folder_);
    }
    world_.barrier();

    EXPECT_TRUE(torch::equal(halves, live(9)));
}

TEST_F(RunTest, KeepsTheNewestCheckpointsAndDropsRowsBeyondTheOneItGoesOnFrom) {
    live(9);
    world_.barrier();
    const auto kept = io::list_checkpoints(fs::path{folder_} / "checkpoints");
    EXPECT_EQ(kept.size(), 3U);
    EXPECT_EQ(kept.rbegin()->first, 9);
    world_.barrier();
    if (world_.rank() == 0) {
        fs::remove(kept.rbegin()->second);  // as if killed before it was written
        std::ofstream{fs::path{folder_} / "metrics.jsonl", std::ios::app}
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
        const auto newest = io::list_checkpoints(fs::path{folder_} / "checkpoints").rbegin()->second;
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

}  // namespace
}  // namespace sslslr
