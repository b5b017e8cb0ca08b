// Trainings as users run them: killed, stopped and resumed.
#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <iterator>
#include <regex>
#include <thread>
#include <utility>

#include "tests/launch/program.hpp"

namespace sslslr::test {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr auto ring = "OMPI_MCA_coll_libnbc_iallreduce_algorithm=1";

class TrainingJob : public ProgramTest {
protected:
    /// A hash of everything in the newest checkpoint of a run.
    std::string content(const std::string& run_name, int step) const {
        auto digits = std::to_string(step);
        digits.insert(0, 9 - digits.size(), '0');
        const auto file = folder_ / run_name / "checkpoints" / ("step-" + digits + ".h5");
        const auto outcome = run(program(1, "inspect --json " + file.string()));
        return outcome.exit_code == 0
                   ? nlohmann::json::parse(outcome.output).at(0)["content"].get<std::string>()
                   : outcome.output;
    }

    /// Waits up to 20 s until a shell condition holds; returns whether it does.
    static bool comes_true(const std::string& condition) {
        return run("timeout 20 sh -c 'until " + condition + "; do sleep 0.02; done'").exit_code == 0;
    }

    static std::vector<int> children_of(int pid) {
        std::ifstream file{"/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children"};
        return {std::istream_iterator<int>{file}, {}};
    }

    /// The ranks of the only mpirun below this process.
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

TEST_F(TrainingJob, BaselinesTrainContinueAtAnotherRankCountAndAreEvaluated) {
    for (const std::string method :
         {"simclr", "moco-v2 --queue 100", "simsiam", "byol", "pcl --clusters 8 20"}) {
        const auto name = method.substr(0, method.find(' '));
        const auto options =
            "--method " + method + " --augmentation both --precision bfloat16 --micro-batch 20 ";
        ASSERT_EQ(run(program(2, pretrain(name, options + "--max-steps 3"))).exit_code, 0) << method;
        const auto rest = run(program(3, pretrain(name, options + "--max-steps 5")));
        ASSERT_EQ(rest.exit_code, 0) << rest.output;
        EXPECT_EQ(rest.count("resuming from step 3 of 5"), 1) << rest.output;
    }
    const auto outcome =
        run(program(2, "evaluate --supervised-epochs 0 --run " + (folder_ / "pcl").string()));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
}

TEST_F(TrainingJob, ACollapseEndsWithItsExitCodeAndACheckpointIfSoAsked) {
    const auto outcome = run(program(
        2, pretrain("r",
                    "--predictor=false --optimizer adamw --learning-rate 0.02 --on-collapse stop "
                    "--collapse-threshold 0.4 --collapse-patience 3 --spread-every 5 --max-steps 300")));

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

        EXPECT_TRUE(rest.says("resuming from step 3 of 6")) << rest.output;
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
            kill(ranks.back(), SIGUSR1);  // one rank gets the signal, all stop
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
    Clock::time_point struck;
    const auto killed = run(
        program(3, pretrain("r", "--epochs 100000 --checkpoint-every 1")), [&](const std::string& output) {
            if (ranks.empty() && output.find("\nstep ") != std::string::npos) {
                ranks = ranks_of(getpid());
                if (ranks.size() == 3 && comes_true("ls " + (folder_ / "r/checkpoints").string() + "/*.h5")) {
                    struck = Clock::now();
                    kill(ranks[1], SIGKILL);
                }
            }
        });

    ASSERT_EQ(ranks.size(), 3U) << killed.output;
    EXPECT_NE(killed.exit_code, 0);
    EXPECT_NE(killed.exit_code, 124) << "did not end by itself";
    EXPECT_LT(Clock::now() - struck, std::chrono::seconds{30});
    for (const int rank : ranks) {
        EXPECT_TRUE(comes_true("! kill -0 " + std::to_string(rank))) << "rank left behind";
    }
    const auto next = run(program(2, pretrain("r", "--epochs 100000 --max-steps 1")));
    EXPECT_EQ(next.exit_code, 0) << next.output;
    EXPECT_TRUE(next.says("nothing left to do after step ")) << next.output;
}

TEST_F(TrainingJob, AGoodManySignalsAreAsGoodAsOne) {
    int sent = 0;
    const auto stopped = run(
        program(3, pretrain("r", "--epochs 100000 --checkpoint-every 1")), [&](const std::string& output) {
            if (sent > 0 || output.find("\nstep ") == std::string::npos) {
                return;
            }
            const auto ranks = ranks_of(getpid());
            for (; sent < 300 && ranks.size() == 3; ++sent) {
                kill(ranks[static_cast<std::size_t>(sent) % 3], sent % 2 == 0 ? SIGTERM : SIGUSR1);
                std::this_thread::sleep_for(std::chrono::milliseconds{1});
            }
        });

    EXPECT_EQ(sent, 300);
    EXPECT_EQ(stopped.exit_code, 75) << stopped.output;
    const auto all = run(program(1, "inspect --json " + (folder_ / "r/checkpoints").string() + "/*.h5"));
    EXPECT_EQ(all.exit_code, 0) << all.output;
    EXPECT_TRUE(run(program(2, pretrain("r", "--epochs 100000 --max-steps 1")))
                    .says("nothing left to do after step "));
}

TEST_F(TrainingJob, SignalsThatArriveWhileItComputesChangeNothing) {
    const auto train = [&](const std::string& name) {  // four long steps
        return program(
            1,
            "pretrain --data " + asl9 +
                " --blocks 1 --width 64 --heads 2 --global-batch 900 --epochs 4 --checkpoint-every 1 --run " +
                (folder_ / name).string());
    };
    bool has_sent = false;
    const auto stopped = run(train("r"), [&](const std::string& output) {
        if (std::exchange(has_sent, has_sent || output.find("\nstep ") != std::string::npos) || !has_sent) {
            return;
        }
        const auto ranks = ranks_of(getpid());
        for (int sent = 0; sent < 1000 && !ranks.empty(); ++sent) {
            kill(ranks.front(), SIGUSR1);
            std::this_thread::sleep_for(std::chrono::microseconds{500});
        }
    });

    EXPECT_EQ(stopped.exit_code, 75) << stopped.output;
    EXPECT_EQ(run(train("r")).exit_code, 0);
    EXPECT_EQ(run(train("undisturbed")).exit_code, 0);
    EXPECT_EQ(content("r", 4), content("undisturbed", 4));
}

TEST_F(TrainingJob, EndsWithACheckpointBeforeItsTimeLimit) {
    const auto stopped = run(program(2, pretrain("r", "--epochs 100000 --time-limit 0:05")));

    EXPECT_EQ(stopped.exit_code, 75) << stopped.output;
    EXPECT_TRUE(stopped.says("stopped before the time limit after step ")) << stopped.output;
    EXPECT_LT(stopped.seconds, 15);

    const auto slurms =
        run(program(2, pretrain("r", "--epochs 100000"), "SLURM_JOB_END_TIME=$(($(date +%s) + 6))"));
    EXPECT_EQ(slurms.exit_code, 75) << slurms.output;
    EXPECT_TRUE(slurms.says("resuming from step ")) << slurms.output;
    EXPECT_LT(slurms.seconds, 15);
}

TEST_F(TrainingJob, ASuspensionCostsNoMoreOfItsTimeThanItTook) {
    bool suspended = false;
    const auto start = Clock::now();
    const auto stopped =
        run(program(2, pretrain("r", "--epochs 100000 --time-limit 0:16")), [&](const std::string& output) {
            const auto ranks = ranks_of(getpid());
            if (suspended || output.find("\nstep ") == std::string::npos || ranks.size() != 2) {
                return;
            }
            suspended = true;
            for (const int signal : {SIGSTOP, SIGCONT}) {
                for (const int rank : ranks) {
                    kill(rank, signal);
                }
                std::this_thread::sleep_for(std::chrono::seconds{3});
            }
        });

    EXPECT_EQ(stopped.exit_code, 75) << stopped.output;
    EXPECT_TRUE(stopped.says("stopped before the time limit after step ")) << stopped.output;
    EXPECT_GT(Clock::now() - start, std::chrono::seconds{10}) << "ended as if each step took as long";
}

#ifdef SSLSLR_WITH_MOUNTS
TEST_F(TrainingJob, AFullDiskCostsCheckpointsButNotTheTraining) {
    const auto tiny = (folder_ / "tiny").string();
    ASSERT_EQ(run(program(2, pretrain("whole", "--epochs 1000 --max-steps 1000"))).exit_code, 0);
    // Room for a checkpoint of 60 kB; from about step 300 on for none, for a second or two; then for all.
    const auto outcome = run(
        SSLSLR_WITH_MOUNTS " sh -c 'set -e; mkdir " + tiny + "; mount -t tmpfs -o size=4m tmpfs " + tiny +
        "; (until ls " + tiny +
        "/checkpoints/step-000000[3-9]*.h5 >/dev/null 2>&1; do sleep 0.05; done; head -c 9m /dev/zero >" +
        tiny + "/filler 2>/dev/null || true; sleep 2; rm " + tiny + "/filler) & " + SSLSLR_MPIEXEC +
        " -n 2 --oversubscribe --bind-to none " + SSLSLR_PROGRAM + " pretrain --data " + asl9 +
        " --leave-out-signer S03 --blocks 1 --width 16 --heads 2 --global-batch 50 --epochs 1000 "
        "--max-steps 1000 --checkpoint-every 10 --keep-checkpoints 3 --run " +
        tiny + "; wait; ls " + tiny + "/checkpoints; cp -r " + tiny + " " + (folder_ / "r").string() + "'");

    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_TRUE(outcome.says("CHECKPOINT NOT WRITTEN")) << outcome.output;
    EXPECT_TRUE(outcome.says("older checkpoints are kept")) << outcome.output;
    EXPECT_FALSE(outcome.says(".partial\n")) << outcome.output;
    EXPECT_EQ(content("r", 1000), content("whole", 1000));
    std::ifstream file{folder_ / "r/metrics.jsonl"};
    int rows = 0;
    for (std::string line; std::getline(file, line); ++rows) {
        EXPECT_EQ(nlohmann::json::parse(line)["step"], rows + 1);
    }
    EXPECT_EQ(rows, 1000);
}

TEST_F(TrainingJob, WhatDoesNotFitIntoASmallSharedMemoryIsStreamed) {
    // /dev/shm is as small as in a container. The preprocessed clips take 14 MB.
    const auto within = [&](const std::string& command) {
        return run(SSLSLR_WITH_MOUNTS " sh -c 'mount -t tmpfs -o size=12m tmpfs /dev/shm && exec " + command +
                   "'");
    };

    const auto trained = within(program(2, pretrain("r", "--max-steps 2")));
    EXPECT_EQ(trained.exit_code, 0) << trained.output;
    EXPECT_TRUE(trained.says("the ranks of a node cannot share that much in /dev/shm")) << trained.output;

    const auto doctor = within(program(2, "doctor --folder " + folder_.string()));
    EXPECT_EQ(doctor.exit_code, 0) << doctor.output;
    EXPECT_TRUE(doctor.says("/dev/shm (0.0126 GB")) << doctor.output;
    EXPECT_TRUE(doctor.says("--shm-size=8g")) << doctor.output;
}
#endif

TEST_F(TrainingJob, OnlyATerminalThatCanRewriteLinesGetsControlSequences) {
    for (const auto& [kind, rewrites] : {std::pair{"dumb", false}, {"", false}, {"xterm", true}}) {
        const auto command = program(1, pretrain(std::string{"run-"} + kind, "--max-steps 2"));
        const auto shown =
            run("script -qec \"env TERM=" + std::string{kind} + " " + command + "\" /dev/null");
        EXPECT_EQ(shown.exit_code, 0) << shown.output;
        EXPECT_EQ(shown.says("\x1b["), rewrites) << kind << shown.output;
        EXPECT_TRUE(shown.says("step 2/2")) << shown.output;
    }
}

#ifndef __SANITIZE_ADDRESS__  // the sanitizer prints its own report of a crash
TEST_F(TrainingJob, ACrashTellsRankStepAndStacks) {
    const auto crashed = run(program(2, pretrain("r", "--fault 1:3:crash --hang-timeout 60")));

    EXPECT_TRUE(crashed.exit_code == 139 || crashed.exit_code == 4) << crashed.output;
    EXPECT_TRUE(crashed.says("crashed: signal 11, in step 3")) << crashed.output;
    EXPECT_TRUE(crashed.says("sslslr::run_training(")) << crashed.output;
    EXPECT_LT(crashed.seconds, 60);
}
#endif

TEST_F(TrainingJob, ASecondJobInTheSameFolderIsRefusedOrWaits) {
    Outcome second{};
    const auto first =
        run(program(1, pretrain("r", "--epochs 100000 --time-limit 0:08")), [&](const std::string& output) {
            if (second.output.empty() && output.find("\nstep ") != std::string::npos) {
                second = run(program(1, pretrain("r", "--epochs 100000 --max-steps 1")));
            }
        });

    EXPECT_EQ(first.exit_code, 75) << first.output;
    EXPECT_EQ(second.exit_code, 0) << second.output;
    std::smatch last;
    ASSERT_TRUE(std::regex_search(first.output, last, std::regex{"before the time limit after step (\\d+):"}))
        << first.output;
    EXPECT_TRUE(second.says("nothing left to do after step " + last[1].str() + " "))
        << "it waited: " << second.output << first.output;
}

TEST_F(TrainingJob, PathsWithOddCharactersAreTakenAsTheyAre) {
    const auto odd = folder_ / "a b'\"$(touch gone);&|*?\\ü[x]=%";
    fs::create_directory(odd);
    fs::copy_file(asl9, odd / "store [1].h5");
    const auto quoted = [](const fs::path& path) {
        std::string text = "'";
        for (const char c : path.string()) {
            text += c == '\'' ? std::string{"'\\''"} : std::string{c};
        }
        return text + "'";
    };
    const auto arguments = "--data " + quoted(odd / "store [1].h5") + " --run " + quoted(odd / "run");
    const auto outcome =
        run(program(2, "pretrain --blocks 1 --width 16 --heads 2 --max-steps 2 " + arguments));

    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_TRUE(fs::exists(odd / "run/checkpoints/step-000000002.h5"));
    EXPECT_FALSE(fs::exists("gone"));
    const auto again =
        run(program(1, "evaluate --supervised-epochs 0 --leave-out-signer S03 --run " + quoted(odd / "run")));
    EXPECT_EQ(again.exit_code, 0) << again.output;
}

// Streamed clips: --memory-limit 0.

TEST_F(TrainingJob, StreamedClipsTrainTheSameWeightsAndEvaluateTheSame) {
    for (const std::string method :
         {"sl-fpn --augmentation both", "pcl --clusters 8 20 --cluster-warmup-epochs 1"}) {
        const auto options = "--method " + method + " --max-steps 14 ";  // into the second epoch
        ASSERT_EQ(run(program(2, pretrain("memory", options))).exit_code, 0);
        const auto streamed = run(program(2, pretrain("stream", options + "--memory-limit 100K")));

        EXPECT_EQ(streamed.exit_code, 0) << streamed.output;
        EXPECT_EQ(streamed.count("clips are streamed"), 1) << streamed.output;
        EXPECT_EQ(streamed.count("waited for data in "), 1) << streamed.output;
        EXPECT_EQ(fs::exists(folder_ / "stream/checkpoints/step-000000014.h5"), true);
        EXPECT_EQ(content("stream", 14), content("memory", 14)) << method;
        std::array<std::string, 2> tables;
        for (const std::string limit : {"half", "0"}) {
            const auto outcome = run(program(2, "evaluate --supervised-epochs 1 --json --memory-limit " +
                                                    limit + " --run " + (folder_ / "stream").string()));
            ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
            tables[limit == "0" ? 1 : 0] = outcome.output.substr(outcome.output.find('{'));
        }
        EXPECT_EQ(tables[0], tables[1]) << method;
        fs::remove_all(folder_ / "memory");
        fs::remove_all(folder_ / "stream");
    }
}

TEST_F(TrainingJob, AStreamedRunStoppedAndGoneOnEqualsOneNeverStopped) {
    const std::string options = "--memory-limit 0 --boundary drawn ";
    ASSERT_EQ(run(program(3, pretrain("whole", options + "--max-steps 6"))).exit_code, 0);
    ASSERT_EQ(run(program(3, pretrain("halves", options + "--max-steps 3"))).exit_code, 0);
    const auto rest = run(program(3, pretrain("halves", options + "--max-steps 6")));

    EXPECT_TRUE(rest.says("resuming from step 3 of 6")) << rest.output;
    EXPECT_EQ(content("whole", 6), content("halves", 6));
}

TEST_F(TrainingJob, ABlockFoundDamagedWhileStreamingEndsBothRanksWithItsFilesName) {
    const auto store = folder_ / "damaged.h5";
    fs::copy_file(asl9, store);
    {
        std::fstream bytes{store, std::ios::in | std::ios::out | std::ios::binary};
        const auto at = static_cast<std::streamoff>(fs::file_size(store) - fs::file_size(store) / 4);
        bytes.seekg(at);
        const char old = static_cast<char>(bytes.get());
        bytes.seekp(at);
        bytes.put(static_cast<char>(old ^ 1));
    }
    for (const std::string command :
         {"pretrain --method byol --memory-limit 0 --max-steps 1000",
          "pretrain --method pcl --clusters 8 --cluster-warmup-epochs 0 --memory-limit 0"}) {
        const auto outcome =
            run(program(2, command + " --blocks 1 --width 16 --heads 2 --global-batch 2 --data " +
                               store.string() + " --run " + (folder_ / "r").string()));
        fs::remove_all(folder_ / "r");

        EXPECT_EQ(outcome.exit_code, 3) << outcome.output;
        EXPECT_TRUE(outcome.says(store.string() + ": /landmarks: frames from ")) << outcome.output;
    }
}

TEST_F(TrainingJob, EveryEpochTellsItsShareOfWaitingForData) {
    ASSERT_EQ(run(program(2, pretrain("r", "--memory-limit 0 --max-steps 14"))).exit_code, 0);

    std::ifstream file{folder_ / "r/metrics.jsonl"};
    std::vector<std::int64_t> steps;
    for (std::string line; std::getline(file, line);) {
        const auto row = nlohmann::json::parse(line);
        if (row.contains("epoch_data_share")) {
            EXPECT_GE(row["epoch_data_share"].get<double>(), 0);
            EXPECT_LE(row["epoch_data_share"].get<double>(), 1);
            steps.push_back(row["step"]);
        }
    }
    EXPECT_EQ(steps, (std::vector<std::int64_t>{12, 14}));
}

TEST_F(TrainingJob, AMemoryLimitThatIsNoneIsRefusedByName) {
    for (const std::string limit : {"16GB", "-1", "1.5G", "all", "99999999T"}) {
        const auto outcome = run(program(2, pretrain("r", "--memory-limit=" + limit)));
        EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
        EXPECT_EQ(outcome.count("sslslr: --memory-limit " + limit), 1) << outcome.output;
    }
}

}  // namespace
}  // namespace sslslr::test
