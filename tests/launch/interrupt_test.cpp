// Signals that a single process gets from its terminal.
#include <csignal>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "tests/launch/program.hpp"

namespace sslslr::test {
namespace {

namespace fs = std::filesystem;

class Interrupt : public ProgramTest {
protected:
    /// The process of the program that `run` started below this process; 0 if there is none yet.
    static int process_below(int pid) {
        const auto folder = "/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid);
        std::ifstream file{folder + "/children"};
        for (auto child = std::istream_iterator<int>{file}; child != std::istream_iterator<int>{}; ++child) {
            std::ifstream name_file{"/proc/" + std::to_string(*child) + "/comm"};
            std::string name;
            std::getline(name_file, name);
            if (const int found = name == "sslslr" ? *child : process_below(*child); found != 0) {
                return found;
            }
        }
        return 0;
    }

    /// Runs a command and signals its process once its output contains `word`. The command does not inherit
    /// ignored signals from the caller of the tests (nohup, a script's `&`).
    static Outcome interrupted(const std::string& command, const std::string& word, int signal) {
        bool sent = false;
        auto outcome = run("env --default-signal=INT,HUP " + command, [&](const std::string& output) {
            if (!sent && output.find(word) != std::string::npos) {
                const int process = process_below(getpid());
                sent =
                    process > 0 && kill(process, signal) == 0;  // 0 would be the process group of the tests
            }
        });
        EXPECT_TRUE(sent) << outcome.output;
        return outcome;
    }

    int rows(const std::string& run) const {
        std::ifstream file{folder_ / run / "metrics.jsonl"};
        int count = 0;
        for (std::string line; std::getline(file, line);) {
            ++count;
        }
        return count;
    }
};

TEST_F(Interrupt, CtrlCAndAClosedTerminalLeaveACheckpointThatTheRunResumesFrom) {
    for (const int signal : {SIGINT, SIGHUP, SIGTERM}) {
        const auto name = fmt::format("r{}", signal);
        const auto stopped = interrupted(program(1, pretrain(name, "--epochs 100000")), "\nstep ", signal);

        EXPECT_EQ(stopped.exit_code, 75) << stopped.output;
        EXPECT_TRUE(stopped.says("stopped on request after step ")) << stopped.output;
        EXPECT_EQ(stopped.says("Ctrl-C again ends at once"), signal == SIGINT) << stopped.output;
        const auto rest = run(program(1, "pretrain --max-steps 1 --run " + (folder_ / name).string()));
        EXPECT_TRUE(rest.says("nothing left to do after step ")) << rest.output;
    }
}

TEST_F(Interrupt, NohupMakesATrainingOutliveItsTerminal) {
    const auto training = pretrain("r", "--epochs 100000 --time-limit 0:" + std::to_string(10 * slowness));
    const auto outcome =
        interrupted("sh -c 'trap \"\" HUP; exec " + program(1, training) + "'", "\nstep ", SIGHUP);

    EXPECT_EQ(outcome.exit_code, 75) << outcome.output;
    EXPECT_TRUE(outcome.says("stopped before the time limit after step ")) << outcome.output;
}

TEST_F(Interrupt, CtrlCStopsAnEvaluationThatTrains) {
    ASSERT_EQ(run(program(1, pretrain("r", "--max-steps 2"))).exit_code, 0);
    const auto evaluate =
        "evaluate --protocol fine-tune --supervised-epochs 0 --run " + (folder_ / "r").string();

    const auto stopped = interrupted(program(1, evaluate + " --fine-tune-epochs 10000"), "\nstep ", SIGINT);

    EXPECT_EQ(stopped.exit_code, 75) << stopped.output;
}

TEST_F(Interrupt, AClosedPipeDoesNotStopATraining) {
    const auto rc = (folder_ / "rc").string();
    for (const std::string pipe : {"| true", "2>&1 | true", "| head -n 1", ">&-", ">&- 2>&-"}) {
        const auto outcome =
            run("sh -c '(" + program(1, pretrain("r", "--max-steps 30 --checkpoint-every 10")) +
                "; echo $? >" + rc + ") " + pipe + "'");
        std::ifstream file{rc};
        int code = -1;
        file >> code;

        EXPECT_EQ(code, 0) << pipe << outcome.output;
        EXPECT_EQ(rows("r"), 30) << pipe;
        EXPECT_TRUE(fs::exists(folder_ / "r/checkpoints/step-000000030.h5")) << pipe;
        fs::remove_all(folder_ / "r");
    }
}

}  // namespace
}  // namespace sslslr::test
