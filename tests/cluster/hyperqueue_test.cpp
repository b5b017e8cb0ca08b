// The boundary search as tasks of a real HyperQueue server and its workers, submitted by the users' script.
#include <optional>

#include "tests/cluster/cluster_test.hpp"
#include "tests/launch/worker_processes.hpp"

namespace sslslr::test {
namespace {

class HyperQueueTest : public ClusterTest {
protected:
    void SetUp() override {
        ClusterTest::SetUp();
        std::filesystem::create_directory(hq_folder());
        setenv("HQ_SERVER_DIR", hq_folder().c_str(), 1);
        setenv("PATH", (SSLSLR_HYPERQUEUE_PATH ":" + std::string{getenv("PATH")}).c_str(), 1);
        server_.emplace(std::vector<std::string>{"hq", "server", "start"});
        wait_until("the server is there",
                   [&] { return std::filesystem::exists(hq_folder() / "hq-current/access.json"); });
    }
    void TearDown() override {
        server_.reset();
        ClusterTest::TearDown();
    }
    std::filesystem::path hq_folder() const { return folder_ / "hq"; }

    std::optional<WorkerProcess> server_;
};

/// A HyperQueue worker with room for two tasks.
class Node {
public:
    Node() : worker_{{"hq", "worker", "start", "--cpus", "2"}}, pid_{newest_child()} {}

    /// Kills the worker and restarts it. HyperQueue asks its tasks to stop, so they give their jobs back.
    void kill_worker_and_restart() {
        worker_.kill_and_restart();
        pid_ = newest_child();
    }
    /// Kills the worker and everything that it started at once, then restarts the worker.
    void cut_power_and_restart() {
        worker_.send(SIGSTOP);
        EXPECT_EQ(run("sh -c 'kill -KILL $(cat /proc/" + pid_ + "/task/*/children)'").exit_code, 0);
        kill_worker_and_restart();
    }

private:
    static std::string newest_child() {
        std::ifstream children{"/proc/thread-self/children"};
        std::string child;
        while (children >> child) {
        }
        return child;
    }

    WorkerProcess worker_;
    std::string pid_;
};

TEST_F(HyperQueueTest, JobsOfKilledWorkersAreDoneByOthersAndTheirTasksStartAgain) {
    Node first;
    Node second;

    ask(SSLSLR_SOURCE_DIR "/launch/hyperqueue/boundary.sh study 4 --lease-seconds 5");
    wait_until("jobs were done", [&] { return events("life") == 4 && events("done") >= 4; });
    first.cut_power_and_restart();
    wait_until("its tasks work again", [&] { return events("life") == 6; });
    second.kill_worker_and_restart();
    wait_until("the search has ended",
               [&] { return events("done") == undisturbed_answer("status")["done"]; });
    ask("hq job wait 1");

    EXPECT_EQ(events("life"), 8);
    EXPECT_GE(answer("status")["lost_attempts"], 1);
    EXPECT_LE(answer("status")["released"], 2) << "who is asked between two jobs has none to give back";
    expect_the_undisturbed_answer();
}

}  // namespace
}  // namespace sslslr::test
