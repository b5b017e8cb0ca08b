// The boundary search as an array of a real Slurm with two nodes, submitted by the script that users have.
#include "tests/cluster/cluster_test.hpp"

namespace sslslr::test {
namespace {

class SlurmTest : public ClusterTest {
protected:
    void SetUp() override {
        ClusterTest::SetUp();
        mini_slurm("start", std::to_string(getpid()));
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

    /// Submits workers on one core each: the first two get node n1, the next two n2.
    std::string submit(int workers) const {
        return ask("sbatch --parsable --array=1-" + std::to_string(workers) +
                   " " SSLSLR_SOURCE_DIR "/launch/slurm/boundary-array.sbatch study --lease-seconds 5");
    }
    void wait_for_work(int accepted) const {
        wait_until("jobs were done", [&] { return events("done") >= accepted; });
    }
    void wait_for_end(const std::string& array) const {
        wait_until("the array has ended", [&] { return ask("squeue --noheader --jobs " + array).empty(); });
    }
    /// A field of what Slurm knows of a task.
    std::string field(const std::string& task, const std::string& name) const {
        const auto text = ask("scontrol --oneliner show job " + task);
        std::smatch match;
        EXPECT_TRUE(std::regex_search(text, match, std::regex{" " + name + "=(\\S+)"})) << text;
        return match[1];
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
    ask("scancel --batch --signal=USR1 " + array + "_2");  // as Slurm does when the time limit is near
    wait_for_end(array);

    expect_completed(array, 4);
    EXPECT_EQ(field(array + "_1", "Restarts"), "1");
    EXPECT_EQ(field(array + "_2", "Restarts"), "1");
    EXPECT_EQ(field(array + "_3", "Restarts"), "0");
    EXPECT_EQ(events("life"), 6) << "they took up work again";
    EXPECT_LE(answer("status")["released"], 2) << "who is asked between two jobs has none to give back";
    EXPECT_EQ(answer("status")["lost_attempts"], 0);
    expect_the_undisturbed_answer();
}

TEST_F(SlurmTest, JobsOfAKilledNodeAreDoneByOthersAndItsTasksStartElsewhere) {
    const auto array = submit(3);  // two on n1, one on n2
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

}  // namespace
}  // namespace sslslr::test
