// Trainings as users run them: killed, stopped, gone on.
#include <algorithm>
#include <fstream>
#include <iterator>

#include "tests/launch/program.hpp"

namespace sslslr::test {
namespace {

namespace fs = std::filesystem;

constexpr auto ring = "OMPI_MCA_coll_libnbc_iallreduce_algorithm=1";

class TrainingJob : public ProgramTest {
protected:
    /// A hash of everything in the newest checkpoint of a run.
    std::string content(const std::string& run_name, int step) const {
        const auto file =
            folder_ / run_name / "checkpoints" / ("step-00000000" + std::to_string(step) + ".h5");
        const auto outcome = run(program(1, "inspect --json " + file.string()));
        return outcome.exit_code == 0
                   ? nlohmann::json::parse(outcome.output).at(0)["content"].get<std::string>()
                   : outcome.output;
    }

    /// Waits, for at most 20 s, until a shell condition holds.
    static bool comes_true(const std::string& condition) {
        return run("timeout 20 sh -c 'until " + condition + "; do sleep 0.02; done'").exit_code == 0;
    }

    static std::vector<int> children_of(int pid) {
        std::ifstream file{"/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children"};
        return {std::istream_iterator<int>{file}, {}};
    }

    /// The ranks of the one mpirun below this process.
    static std::vector<int> ranks_of(int pid) {
        for (const int child : children_of(pid)) {
            std::ifstream file{"/proc/" + std::to_string(child) + "/comm"};
            std::string name;
            file >> name;
            if (name == "sslslr") {
                return children_of(pid);
            }
            if (const auto below = ranks_of(child); !below.empty()) {
                return below;
            }
        }
        return {};
    }
};

TEST_F(TrainingJob, EveryMethodTrainsGoesOnAtAnotherRankCountAndIsEvaluated) {
    for (const std::string method :
         {"simclr", "moco-v2 --queue 100", "simsiam", "byol", "pcl --clusters 8 20"}) {
        const auto name = method.substr(0, method.find(' '));
        const auto options =
            "--method " + method + " --augmentation both --precision bfloat16 --micro-batch 20 ";
        ASSERT_EQ(run(program(2, pretrain(name, options + "--max-steps 3"))).exit_code, 0) << method;
        const auto rest = run(program(3, pretrain(name, options + "--max-steps 5")));
        ASSERT_EQ(rest.exit_code, 0) << rest.output;
        EXPECT_EQ(rest.count("going on from step 3 of 5"), 1) << rest.output;
    }
    const auto outcome =
        run(program(2, "evaluate --supervised-epochs 0 --run " + (folder_ / "pcl").string()));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
}

TEST_F(TrainingJob, ACollapseEndsWithItsExitCodeAndACheckpointIfSoAsked) {
    const auto outcome =
        run(program(2, pretrain("r",
                                "--predictor=false --optimizer adamw --learning-rate 0.02 --on-collapse stop "
                                "--collapse-threshold 0.4 --collapse-patience 3 --max-steps 300")));

    EXPECT_EQ(outcome.exit_code, 5) << outcome.output;
    EXPECT_EQ(outcome.count("the outputs have collapsed"), 1) << outcome.output;
    EXPECT_FALSE(fs::is_empty(folder_ / "r/checkpoints"));
}

TEST_F(TrainingJob, StoppedAndGoneOnEqualsNeverStoppedBitForBitAtThreeRanks) {
    for (const std::string environment : {"", ring}) {
        const auto name = environment.empty() ? std::string{"default"} : std::string{"ring"};
        ASSERT_EQ(run(program(3, pretrain(name + "-whole", "--max-steps 6"), environment)).exit_code, 0);
        ASSERT_EQ(run(program(3, pretrain(name + "-halves", "--max-steps 3"), environment)).exit_code, 0);
        const auto rest = run(program(3, pretrain(name + "-halves", "--max-steps 6"), environment));

        EXPECT_TRUE(rest.says("going on from step 3 of 6")) << rest.output;
        EXPECT_EQ(content(name + "-whole", 6), content(name + "-halves", 6));
        EXPECT_NE(content(name + "-whole", 6), content(name + "-halves", 3));
    }
}

TEST_F(TrainingJob, AFinishedRunIsLeftAsItIs) {
    ASSERT_EQ(run(program(1, pretrain("r", "--max-steps 2"))).exit_code, 0);
    const auto before = content("r", 2);

    const auto again = run(program(1, pretrain("r", "--max-steps 2")));

    EXPECT_EQ(again.exit_code, 0);
    EXPECT_TRUE(again.says("nothing left to do after step 2 of 2")) << again.output;
    EXPECT_EQ(content("r", 2), before);
}

TEST_F(TrainingJob, ASignalToStopLeavesACheckpointAndTheSameCommandGoesOn) {
    bool sent = false;
    const auto stopped = run(program(2, pretrain("r", "--epochs 100000")), [&](const std::string& output) {
        if (const auto ranks = ranks_of(getpid());
            !sent && output.find("\nstep ") != std::string::npos && !ranks.empty()) {
            kill(ranks.back(), SIGUSR1);  // one rank hears of it, all stop
            sent = true;
        }
    });

    EXPECT_EQ(stopped.exit_code, 75) << stopped.output;
    EXPECT_TRUE(stopped.says("stopped on request after step ")) << stopped.output;
    EXPECT_FALSE(fs::is_empty(folder_ / "r/checkpoints"));
    EXPECT_TRUE(run(program(1, pretrain("r", "--epochs 100000 --max-steps 1")))
                    .says("nothing left to do after step "));
}

TEST_F(TrainingJob, AKilledRankEndsTheJobSoonAndLeavesNothingHalfWritten) {
    std::vector<int> ranks;
    const auto killed = run(
        program(3, pretrain("r", "--epochs 100000 --checkpoint-every 1")), [&](const std::string& output) {
            if (ranks.empty() && output.find("\nstep ") != std::string::npos) {
                ranks = ranks_of(getpid());
                if (ranks.size() == 3 && comes_true("ls " + (folder_ / "r/checkpoints").string() + "/*.h5")) {
                    kill(ranks[1], SIGKILL);
                }
            }
        });

    ASSERT_EQ(ranks.size(), 3U) << killed.output;
    EXPECT_NE(killed.exit_code, 0);
    EXPECT_NE(killed.exit_code, 124) << "did not end by itself";
    EXPECT_LT(killed.seconds, 10);
    for (const int rank : ranks) {
        EXPECT_TRUE(comes_true("! kill -0 " + std::to_string(rank))) << "rank left behind";
    }
    const auto next = run(program(2, pretrain("r", "--epochs 100000 --max-steps 1")));
    EXPECT_EQ(next.exit_code, 0) << next.output;
    EXPECT_TRUE(next.says("nothing left to do after step ")) << next.output;
}

}  // namespace
}  // namespace sslslr::test
