// Faults of all kinds at random steps of real jobs, each resumed on a random number of ranks.
// || SSLSLR_CAMPAIGN_FAULTS sets the number of faults (8: each kind once), SSLSLR_CAMPAIGN_SEED the seed (1).
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <torch/types.h>

#include "io/tensors/checkpoint_file.hpp"
#include "tests/launch/program.hpp"

namespace sslslr::test {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int steps = 24;
constexpr double rounding = 1e-9;  // share of the distance moved: other rank counts, SGD in float64

int setting(const char* name, int otherwise) {
    const char* const text = std::getenv(name);
    return text == nullptr ? otherwise : std::stoi(text);
}

/// Factor on time limits for machines that are slow or busy.
const int patience = setting("SSLSLR_CAMPAIGN_PATIENCE", 4);
const int hang_timeout = 2 * patience;  // s

/// How a job may end after a fault.
struct Kind {
    std::string name;
    std::set<int> exit_codes;  ///< 1: a crash under the address sanitizer
    double bound;              ///< seconds from the fault to the end of the job, times `patience`
};

const std::vector<Kind> kinds{
    {"kill", {137, 4}, 10}, {"freeze", {4}, 10}, {"hang", {4}, 2 + 10}, {"crash", {139, 4, 1}, 10},
    {"nan", {5}, 10},       {"throw", {4}, 10},  {"enospc", {0}, 60},   {"sigterm", {75}, 10},
};

torch::Tensor weights_of(const fs::path& run) {
    const auto all = io::list_checkpoints(run / "checkpoints");
    std::vector<torch::Tensor> parts;
    for (const auto& [name, tensor] : io::read_checkpoint(all.at(all.rbegin()->first)).tensors) {
        if (name.starts_with("model/")) {
            parts.push_back(tensor.to(torch::kFloat64).flatten());
        }
    }
    return torch::cat(parts);
}

class FaultCampaign : public ProgramTest {
protected:
    const std::vector<std::string> methods{"sl-fpn", "byol", "moco-v2 --queue 100"};

    Outcome train(const std::string& folder, const std::string& method, int ranks,
                  const std::string& more = "",
                  const std::function<void(const std::string&)>& on_output = {}) const {
        return run(program(ranks,
                           pretrain(folder, "--method " + method +
                                                " --precision float64 --augmentation both --seed 3 " +
                                                "--learning-rate 0.01 --max-steps " + std::to_string(steps) +
                                                " --checkpoint-every 4 --hang-timeout " +
                                                std::to_string(hang_timeout) + " " + more),
                           "SSLSLR_CAMPAIGN=" + folder_.string()),
                   on_output);
    }

    /// The final weights of an undisturbed run; first() gives its initial weights.
    const torch::Tensor& undisturbed(const std::string& method, int ranks) {
        auto& weights = undisturbed_[{method, ranks}];
        if (!weights.defined()) {
            EXPECT_EQ(train("undisturbed", method, ranks).exit_code, 0);
            weights = weights_of(folder_ / "undisturbed");
            fs::remove_all(folder_ / "undisturbed");
        }
        return weights;
    }
    const torch::Tensor& first(const std::string& method) {
        auto& weights = first_[method];
        if (!weights.defined()) {
            EXPECT_EQ(
                run(program(1, pretrain("first", "--method " + method +
                                                     " --precision float64 --augmentation both --seed 3 "
                                                     "--learning-rate 1e-300 --max-steps 1")))
                    .exit_code,
                0);
            weights = weights_of(folder_ / "first");
            fs::remove_all(folder_ / "first");
        }
        return weights;
    }

    /// Number of processes of this campaign that still live up to 10 seconds after their job ended.
    int processes_left() const {
        const auto mark = "SSLSLR_CAMPAIGN=" + folder_.string();
        const auto count = [&] {
            int found = 0;
            for (const auto& entry : fs::directory_iterator{"/proc"}) {
                std::ifstream file{entry.path() / "environ"};
                const std::string text{std::istreambuf_iterator<char>{file}, {}};
                found += text.find(mark) != std::string::npos ? 1 : 0;
            }
            return found;
        };
        for (int i = 0; i < 200 && count() > 0; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
        }
        return count();
    }

    std::vector<std::int64_t> metric_steps() const {
        std::ifstream file{folder_ / "run/metrics.jsonl"};
        std::vector<std::int64_t> found;
        for (std::string line; std::getline(file, line);) {
            found.push_back(nlohmann::json::parse(line)["step"]);
        }
        return found;
    }

    /// Names of files in the run folder that a complete run does not leave.
    std::vector<std::string> other_files() const {
        std::vector<std::string> names;
        for (const auto& entry : fs::recursive_directory_iterator{folder_ / "run"}) {
            const auto name = entry.path().filename().string();
            const bool is_known = name == "checkpoints" || name == "config.ini" || name == "metrics.jsonl" ||
                                  name == "training_clips.h5" || name == ".lock" ||
                                  (name.starts_with("step-") && name.ends_with(".h5"));
            if (!is_known) {
                names.push_back(name);
            }
        }
        return names;
    }

private:
    std::map<std::pair<std::string, int>, torch::Tensor> undisturbed_;
    std::map<std::string, torch::Tensor> first_;
};

TEST_F(FaultCampaign, EveryRunThatIsStruckAndGoesOnEndsWithTheUndisturbedWeights) {
    const int faults = setting("SSLSLR_CAMPAIGN_FAULTS", 8);
    std::mt19937 random(static_cast<unsigned>(setting("SSLSLR_CAMPAIGN_SEED", 1)));
    const auto draw = [&](int least, int most) {
        return least + static_cast<int>(random() % static_cast<unsigned>(most - least + 1));
    };
    std::map<std::string, std::vector<double>> seconds;
    std::vector<std::int64_t> every_step(steps);
    std::generate(every_step.begin(), every_step.end(),
                  [step = std::int64_t{0}]() mutable { return ++step; });
    int equal_bits = 0;

    for (int i = 0; i < faults; ++i) {
        const auto& kind = kinds[static_cast<std::size_t>(i) % kinds.size()];
        const auto method = methods[static_cast<std::size_t>(draw(0, 2))];
        const int ranks = draw(2, 4);
        const int next_ranks = draw(2, 4);
        const int rank = kind.name == "enospc" ? 0 : draw(0, ranks - 1);
        const auto fault = fmt::format("{}:{}:{}", rank, draw(1, steps), kind.name);
        SCOPED_TRACE(
            fmt::format("{} on {} ranks, --fault {}, resuming on {}", method, ranks, fault, next_ranks));

        auto struck = Clock::time_point::max();
        const auto disturbed =
            train("run", method, ranks, "--fault " + fault, [&](const std::string& output) {
                if (struck == Clock::time_point::max() &&
                    output.find("fault before step") != std::string::npos) {
                    struck = Clock::now();
                }
            });
        const double end = std::chrono::duration<double>(Clock::now() - struck).count();

        ASSERT_TRUE(disturbed.says("fault before step")) << disturbed.output;
        EXPECT_TRUE(kind.exit_codes.contains(disturbed.exit_code)) << disturbed.exit_code << disturbed.output;
        EXPECT_LT(end, patience * kind.bound) << disturbed.output;
        EXPECT_EQ(processes_left(), 0);
        seconds[kind.name].push_back(end);

        const auto rest = train("run", method, next_ranks);

        ASSERT_EQ(rest.exit_code, 0) << rest.output;
        EXPECT_EQ(metric_steps(), every_step);
        EXPECT_EQ(other_files(), std::vector<std::string>{});
        const auto weights = weights_of(folder_ / "run");
        const auto& expected = undisturbed(method, ranks);
        if (ranks == next_ranks) {
            ++equal_bits;
            EXPECT_TRUE(torch::equal(weights, expected));
        } else {
            const auto moved = (expected - first(method)).abs().max().item<double>();
            EXPECT_GT(moved, 0);
            EXPECT_LT((weights - expected).abs().max().item<double>(), rounding * moved);
        }
        fs::remove_all(folder_ / "run");
        if (HasFailure()) {
            break;
        }
    }

    fmt::print("{:<8} {:>6} {:>18} {:>8} {:>6}\n", "fault", "jobs", "median to end, s", "longest", "bound");
    for (const auto& kind : kinds) {
        auto& all = seconds[kind.name];
        if (!all.empty()) {
            std::ranges::sort(all);
            fmt::print("{:<8} {:>6} {:>18.2f} {:>8.2f} {:>6.0f}\n", kind.name, all.size(),
                       all[all.size() / 2], all.back(), patience * kind.bound);
        }
    }
    fmt::print("{} faults; {} runs resumed on the same number of ranks gave the same bits\n", faults,
               equal_bits);
}

}  // namespace
}  // namespace sslslr::test
