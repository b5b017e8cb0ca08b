// The boundary search as an array, and trainings, on a real Slurm of two nodes, by the users' scripts.
#include "tests/cluster/cluster_test.hpp"

namespace sslslr::test {
namespace {

class SlurmTest : public ClusterTest {
protected:
    void SetUp() override {
        ClusterTest::SetUp();
        mini_slurm("start", std::to_string(getpid()));
        setenv("SSLSLR_ROOT", SSLSLR_SOURCE_DIR, 1);
        setenv("SLURM_CONF", (folder_ / "slurm" / "slurm.conf").c_str(), 1);
    }
    void TearDown() override {
        if (HasFailure()) {
            std::cout << run("tail -n 30 " + folder_.string() + "/*.log " + folder_.string() + "/slurm/log/*")
                             .output;
        }
        mini_slurm("stop");
        ClusterTest::TearDown();
    }

    void mini_slurm(const std::string& command, const std::string& argument = "") const {
        ask(SSLSLR_SOURCE_DIR "/tests/cluster/mini-slurm " + command + " slurm " + argument);
    }

    /// Submits workers that use one core each: the first two get node n1, the next two n2.
    std::string submit(int workers, int lease_seconds = 60) const {
        return ask("sbatch --parsable --array=1-" + std::to_string(workers) +
                   " " SSLSLR_SOURCE_DIR
                   "/launch/slurm/workers.sbatch boundary work --study study --lease-seconds " +
                   std::to_string(lease_seconds));
    }
    void wait_for_work(int workers) const {
        wait_until("all work and jobs were done",
                   [&] { return events("life") >= workers && events("done") >= workers; });
    }
    void wait_for_end(const std::string& array) const {
        wait_until("the array has ended", [&] { return ask("squeue --noheader --jobs " + array).empty(); });
    }
    /// A field that Slurm reports of a task.
    std::string field(const std::string& task, const std::string& name) const {
        const auto text = ask("scontrol --oneliner show job " + task);
        std::smatch match;
        EXPECT_TRUE(std::regex_search(text, match, std::regex{"(^| )" + name + "=(\\S+)"})) << text;
        return match[2];
    }
    void expect_completed(const std::string& array, int tasks) const {
        for (int task = 1; task <= tasks; ++task) {
            EXPECT_EQ(field(array + "_" + std::to_string(task), "JobState"), "COMPLETED");
        }
    }
};

TEST_F(SlurmTest, AnArrayOfFourWorkersOnTwoNodesCompletesTheStudy) {
    const auto array = submit(4);

    wait_for_end(array);

    expect_completed(array, 4);
    EXPECT_EQ(field(array + "_1", "NodeList"), "n1");
    EXPECT_EQ(field(array + "_4", "NodeList"), "n2");
    EXPECT_EQ(events("life"), 4);
    expect_the_undisturbed_answer();
}

TEST_F(SlurmTest, TasksThatAreRequeuedOrNearTheirTimeLimitGiveTheirJobsBackAndReturn) {
    const auto array = submit(4);
    wait_for_work(4);

    ask("scontrol requeue " + array + "_1");
    // As Slurm does near the time limit, also to the task whose own job number is the array's.
    ASSERT_EQ(field(array + "_4", "JobId"), array);
    for (const auto* task : {"_2", "_4"}) {
        ask("scancel --batch --signal=USR1 " + array + task);
    }
    wait_for_end(array);

    expect_completed(array, 4);
    EXPECT_EQ(field(array + "_1", "Restarts"), "1");
    EXPECT_EQ(field(array + "_2", "Restarts"), "1");
    EXPECT_EQ(field(array + "_4", "Restarts"), "1");
    EXPECT_EQ(field(array + "_3", "Restarts"), "0");
    EXPECT_EQ(events("life"), 7) << "they took up work again";
    EXPECT_LE(answer("status")["released"], 3) << "who is asked between two jobs has none to give back";
    EXPECT_EQ(answer("status")["lost_attempts"], 0);
    expect_the_undisturbed_answer();
}

TEST_F(SlurmTest, JobsOfAKilledNodeAreDoneByOthersAndItsTasksStartElsewhere) {
    const auto array = submit(3, 5);  // two on n1, one on n2
    wait_for_work(3);

    mini_slurm("kill-node", "n1");
    wait_for_end(array);

    expect_completed(array, 3);
    EXPECT_EQ(field(array + "_1", "NodeList"), "n2");
    EXPECT_EQ(field(array + "_1", "Restarts"), "1");
    EXPECT_EQ(field(array + "_3", "Restarts"), "0");
    EXPECT_GE(answer("status")["lost_attempts"], 1);
    expect_the_undisturbed_answer();
}

class SlurmTraining : public SlurmTest {
protected:
    std::filesystem::path training() const { return folder_ / "training"; }

    std::string submit_training(const std::string& options) const {
        return ask("sbatch --parsable " + options + " " SSLSLR_SOURCE_DIR "/launch/slurm/pretrain.sbatch " +
                   undisturbed_text("training") + " --run " + training().string());
    }
    void wait_for_checkpoints() const {
        wait_until("checkpoints were written", [&] { return newest(training()) >= 100; });
    }
    void signal_ranks(const std::string& options) const {
        run("pkill -" + options + " --full '^" SSLSLR_PROGRAM " pretrain .* --run " + training().string() +
            "$'");
    }
    static std::int64_t newest(const std::filesystem::path& run) {
        std::int64_t step = 0;
        const auto folder = run / "checkpoints";
        if (std::filesystem::exists(folder)) {
            for (const auto& entry : std::filesystem::directory_iterator{folder}) {
                const auto name = entry.path().filename().string();
                if (name.starts_with("step-") && name.ends_with(".h5")) {
                    step = std::max<std::int64_t>(step, std::stoll(name.substr(5)));
                }
            }
        }
        return step;
    }
    /// Expects the same state as that of an undisturbed run on as many ranks.
    void expect_the_undisturbed_weights() const {
        const auto expected = undisturbed_answer("trained").at(0);
        const auto file = training() / "checkpoints" /
                          std::filesystem::path{expected.at("file").get<std::string>()}.filename();
        ASSERT_TRUE(std::filesystem::exists(file)) << ask("sh -c 'cat pretrain-*.log'");
        const auto found =
            nlohmann::json::parse(ask(SSLSLR_PROGRAM " inspect --json " + file.string())).at(0);
        EXPECT_EQ(found.at("content"), expected.at("content"));
    }
    std::string log(const std::string& job) const { return ask("cat pretrain-" + job + ".log"); }
};

TEST_F(SlurmTraining, StopsBeforeTheTimeLimitQueuesAgainAndGoesOn) {
    // A minute is Slurm's shortest limit, and it checks limits only twice a minute. Without the stop, a fast
    // machine would finish first.
    const auto job = submit_training("--ntasks=2 --time=1 --signal=B:USR1@50");
    wait_for_checkpoints();
    signal_ranks("STOP");
    wait_until("15 s are left", [&] { return ask("squeue --noheader --format %L --jobs " + job) <= "0:15"; });
    signal_ranks("CONT");

    wait_for_end(job);

    EXPECT_EQ(field(job, "JobState"), "COMPLETED") << log(job);
    EXPECT_GE(std::stoi(field(job, "Restarts")), 1) << log(job);
    EXPECT_NE(log(job).find("the same command resumes there"), std::string::npos) << log(job);
    expect_the_undisturbed_weights();
}

TEST_F(SlurmTraining, AskedToStopBeforeTheFirstStepItQueuesAgain) {
    const auto job = submit_training("--ntasks=2");
    const auto file = folder_ / ("pretrain-" + job + ".log");
    wait_until("doctor speaks", [&] {
        return std::filesystem::exists(file) && log(job).find("LibTorch") != std::string::npos;
    });

    ask("scancel --batch --signal=USR1 " + job);
    wait_for_end(job);

    EXPECT_EQ(field(job, "JobState"), "COMPLETED") << log(job);
    EXPECT_EQ(field(job, "Restarts"), "1") << log(job);
    expect_the_undisturbed_weights();
}

TEST_F(SlurmTraining, GoesOnAfterARequeue) {
    const auto job = submit_training("--ntasks=2");
    wait_for_checkpoints();

    ask("scontrol requeue " + job);
    wait_for_end(job);

    EXPECT_EQ(field(job, "JobState"), "COMPLETED") << log(job);
    EXPECT_EQ(field(job, "Restarts"), "1");
    EXPECT_NE(log(job).find("resuming from step "), std::string::npos) << log(job);
    expect_the_undisturbed_weights();
}

TEST_F(SlurmTraining, GoesOnOnAnotherNodeWhenItsOwnIsKilled) {
    const auto job = submit_training("--nodes=1 --ntasks-per-node=2");
    wait_for_checkpoints();
    const auto node = field(job, "NodeList");

    mini_slurm("kill-node", node);
    wait_for_end(job);

    EXPECT_EQ(field(job, "JobState"), "COMPLETED") << log(job);
    EXPECT_NE(field(job, "NodeList"), node);
    EXPECT_NE(log(job).find("resuming from step "), std::string::npos) << log(job);
    expect_the_undisturbed_weights();
}

TEST_F(SlurmTraining, QueuesAgainWhenARankHasDiedAndSavesTheRun) {
    const auto saved = folder_ / "saved";
    const auto job = submit_training("--ntasks=2 --export=ALL,SAVE_TO=" + saved.string());
    wait_for_checkpoints();
    std::filesystem::create_directories(saved / "training");
    std::ofstream{saved / "training/config.ini"} << "a copy that was cut short";

    signal_ranks("KILL --newest");
    wait_for_end(job);

    EXPECT_EQ(field(job, "JobState"), "COMPLETED") << log(job);
    EXPECT_EQ(field(job, "Restarts"), "1") << log(job);
    expect_the_undisturbed_weights();
    EXPECT_EQ(newest(saved / "training"), newest(training()));
    EXPECT_EQ(ask("diff --brief training/config.ini saved/training/config.ini"), "");
}

TEST_F(SlurmTraining, ASweepTrainsEachLineOfItsFileAndExecutesNothingInIt) {
    std::ofstream{folder_ / "sweep.txt"} << "--seed 1 --run 'runs/one $(touch gone)'\n"
                                         << "# --seed 2 --run runs/two\n"
                                         << "--seed 3 --run 'runs/three`touch gone`'\n";

    const auto array =
        ask("sbatch --parsable --array=1-3 " SSLSLR_SOURCE_DIR
            "/launch/slurm/sweep.sbatch sweep.txt --blocks 1 --width 16 --heads 2 --max-steps 20 --data " +
            asl9);
    wait_for_end(array);

    expect_completed(array, 3);
    EXPECT_EQ(newest(folder_ / "runs/one $(touch gone)"), 20);
    EXPECT_EQ(newest(folder_ / "runs/three`touch gone`"), 20);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "runs/two") || std::filesystem::exists(folder_ / "gone"));
}

}  // namespace
}  // namespace sslslr::test
