// Runs every benchmark once at its smallest, so that none breaks unnoticed. What they measure is not checked.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/process.hpp"
#include "tests/temporary_folder.hpp"

namespace sslslr::test {
namespace {

namespace fs = std::filesystem;

const fs::path benchmarks = SSLSLR_SOURCE_DIR "/benchmarks";

struct Benchmark {
    std::string test;
    std::string file;
    std::string says;  ///< in its output
    /// Command that starts it, where FOLDER stands for an empty folder. Empty: it is run as a script.
    std::string command;
};
void PrintTo(const Benchmark& benchmark, std::ostream* out) {
    *out << benchmark.file;
}

const std::vector<Benchmark> run_here{
    {"BatchAssembly", "batch_assembly.cpp", "\"load_seconds\"",
     "sh -ec 'for mode in resident plain streamed; do " SSLSLR_BATCH_ASSEMBLY " " SSLSLR_SOURCE_DIR
     "/io/examples/asl9.h5 $mode 64 8; done'"},
    {"CheckpointStall", "checkpoint_stall.py", "| 1/2/16 | 2 |", ""},
    {"ImportSpeed", "import_speed.py", "| prepare, 2 ranks |", ""},
    {"JobPool", "job_pool.cpp", "ms of overhead per job",
     SSLSLR_MPIEXEC " -n 2 --oversubscribe --bind-to none " SSLSLR_JOB_POOL " FOLDER 10 1"},
    {"PlantedBoundaries", "planted_boundaries.py", "| racing |", ""},
    {"SameTraining", "same_training.py", "| fused blocks, bfloat16 |", ""},
    {"SearchRule", "search_rule.py", "| racing |", ""},
    {"SearchRuleProgram", "search_rule.cpp", "none,16,16,", SSLSLR_SEARCH_RULE " 2"},
    {"StepModel", "step_model.py", "| 1/2/16 | 2 |", ""},
    {"TrimmedStore", "trimmed_store.py", "900 clips, cut on average",
     SSLSLR_PYTHON " -B " SSLSLR_SOURCE_DIR "/benchmarks/trimmed_store.py " SSLSLR_SOURCE_DIR
                   "/io/examples/asl9.h5 FOLDER/trimmed.h5"}};

const std::map<std::string, std::string> not_run_here{
    {"training_step.py", "the environment of benchmarks/make-environment (3.8 GB)"},
    {"peer.py", "the environment of benchmarks/make-environment"},
    {"workload.py", "the environment of benchmarks/make-environment"}};

const std::set<std::string> shared{"common.py"};  // imported by scripts that run here

class BenchmarkTest : public FolderTest, public testing::WithParamInterface<Benchmark> {
protected:
    std::string command() const {
        const std::string placeholder = "FOLDER";
        auto command = GetParam().command.empty() ? "env TMPDIR=FOLDER " SSLSLR_PYTHON " -B " +
                                                        (benchmarks / GetParam().file).string() +
                                                        " --smallest --program " SSLSLR_PROGRAM
                                                  : GetParam().command;
        if (const auto at = command.find(placeholder); at != std::string::npos) {
            command.replace(at, placeholder.size(), folder_.string());
        }
        return command;
    }
};

TEST_P(BenchmarkTest, RunsAtItsSmallest) {
    const auto outcome = run(command());

    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_TRUE(outcome.says(GetParam().says)) << outcome.output;
}

INSTANTIATE_TEST_SUITE_P(Every, BenchmarkTest, testing::ValuesIn(run_here),
                         [](const auto& benchmark) { return benchmark.param.test; });

TEST(Benchmarks, AllAreRunHereOrNamedAndTheReadmeHasThem) {
    std::set<std::string> known = shared;
    for (const auto& benchmark : run_here) {
        known.insert(benchmark.file);
    }
    for (const auto& [file, need] : not_run_here) {
        fmt::print("not run: {} needs {}\n", file, need);
        known.insert(file);
    }
    std::set<std::string> found;
    for (const auto& entry : fs::directory_iterator{benchmarks}) {
        if (entry.path().extension() == ".py" || entry.path().extension() == ".cpp") {
            found.insert(entry.path().filename().string());
        }
    }
    std::ifstream file{benchmarks / "README.md"};
    const std::string readme{std::istreambuf_iterator<char>{file}, {}};

    EXPECT_EQ(found, known);
    for (const auto& name : found) {
        EXPECT_NE(readme.find(name), std::string::npos) << name;
    }
}

}  // namespace
}  // namespace sslslr::test
