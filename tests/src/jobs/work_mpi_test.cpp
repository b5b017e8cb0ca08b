#include <atomic>
#include <chrono>
#include <filesystem>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "src/errors.hpp"
#include "src/jobs/work.hpp"
#include "tests/shared_folder_test.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

/// Twenty jobs. Job "0" fails as often as asked; the last ten are wanted only if job "1" gave an odd number.
class Counting : public JobSource {
public:
    explicit Counting(const dist::Communicator& group, int failures = 0)
        : group_{group}, failures_{failures} {}

    std::vector<Job> wanted(const LedgerState& state) override {
        std::vector<Job> jobs;
        const int last = state.of("1").outcome.value("value", 0) % 2 == 1 ? 20 : 10;
        for (int i = 0; i < last; ++i) {
            if (state.of(std::to_string(i)).status != JobStatus::done) {
                jobs.push_back({std::to_string(i), 0, 1.0});
            }
        }
        return jobs;
    }
    std::optional<Result> run(const Claim& claim, const std::function<bool()>& should_stop) override {
        std::vector<std::int64_t> ones{1};
        group_.all_reduce_sum(ones);  // needs the whole group
        EXPECT_EQ(ones[0], group_.size());
        EXPECT_FALSE(should_stop());
        if (claim.job == "0" && failures_ > 0) {
            --failures_;
            throw TrainingError{"as asked"};
        }
        return Result{.outcome = {{"value", std::stoi(claim.job)}}, .detail = nlohmann::json::object()};
    }

private:
    const dist::Communicator& group_;
    int failures_;
};

/// Job "long" is wanted until job "short" is done, and runs until it is asked to stop.
class Unneeded : public JobSource {
public:
    std::vector<Job> wanted(const LedgerState& state) override {
        return state.of("short").status == JobStatus::done
                   ? std::vector<Job>{}
                   : std::vector<Job>{{"long", 0, 2}, {"short", 0, 1}};
    }
    std::optional<Result> run(const Claim& claim, const std::function<bool()>& should_stop) override {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
        while (claim.job == "long" && std::chrono::steady_clock::now() < deadline) {
            if (should_stop()) {
                return std::nullopt;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
        return Result{.outcome = {{"value", 1}}, .detail = nlohmann::json::object()};
    }
};

class WorkTest : public test::SharedFolderTest {
protected:
    /// Works in groups of `size` ranks; the last group may be smaller.
    WorkReport work_in_groups(int size, int failures = 0, const WorkOptions& options = {}) {
        const auto group = world_.split(world_.rank() / size);
        std::optional<Ledger> ledger;
        if (group.rank() == 0) {
            ledger.emplace(folder_, LedgerConfig{.lease_seconds = 30});
        }
        Counting source{group, failures};
        return work(ledger ? &*ledger : nullptr, source, group, options);
    }
    LedgerState seen() {
        world_.barrier();
        LedgerFiles files{folder_};
        files.refresh();
        return files.state();
    }
};

TEST_F(WorkTest, EveryJobIsDoneOnceByAnyNumberOfGroupsAlsoThoseThatResultsBring) {
    for (const int size : {1, 2}) {
        fs::path mine = folder_;
        folder_ = mine / std::to_string(size);
        work_in_groups(size);

        const auto state = seen();
        EXPECT_EQ(state.results(), 20);
        EXPECT_EQ(state.counts().accepted_twice, 0);
        for (const auto& [name, job] : state.jobs()) {
            EXPECT_EQ(job.status, JobStatus::done);
            EXPECT_EQ(job.attempt, 1);
        }
        folder_ = mine;
    }
}

TEST_F(WorkTest, AFailingJobIsTriedAgainAndThenSetAsideWhileTheOthersAreDone) {
    work_in_groups(1, /*failures=*/100);

    const auto state = seen();
    EXPECT_EQ(state.of("0").status, JobStatus::set_aside);
    EXPECT_EQ(state.of("0").failures, 3);
    EXPECT_EQ(state.of("0").error, "as asked");
    EXPECT_EQ(state.results(), 19);
}

TEST_F(WorkTest, ARunningJobThatIsNotNeededAnyLongerIsCancelledAndCounted) {
    std::atomic<std::int64_t> cancelled_here{0};
    const auto one_worker = [&] {
        const auto self = dist::Communicator::self();
        Ledger ledger{folder_, LedgerConfig{.lease_seconds = 30}};
        Unneeded source;
        cancelled_here += work(&ledger, source, self, {}).cancelled;
    };

    {
        std::jthread second;  // a single worker would run "long" to its end
        if (world_.size() == 1) {
            second = std::jthread{one_worker};
        }
        one_worker();
    }

    std::vector<std::int64_t> cancelled{cancelled_here};
    world_.all_reduce_sum(cancelled);
    EXPECT_EQ(cancelled[0], 1);
    const auto state = seen();
    EXPECT_EQ(state.counts().cancelled, 1);
    EXPECT_GT(state.counts().cancelled_seconds, 0);
    EXPECT_EQ(state.results(), 1);
}

TEST_F(WorkTest, AGroupThatIsAskedToStopLeavesTogetherBeforeTheNextJob) {
    WorkOptions options;
    options.stop_requested = [] { return true; };

    const auto report = work_in_groups(world_.size(), 0, options);

    EXPECT_EQ(seen().results(), 0);
    EXPECT_EQ(report.accepted, 0);
}

TEST_F(WorkTest, AWorkerLeavesAfterTheJobsItWasAllowed) {
    WorkOptions options;
    options.max_jobs = 2;

    work_in_groups(world_.size(), 0, options);

    EXPECT_EQ(seen().results(), 2);
    work_in_groups(1);
    EXPECT_EQ(seen().results(), 20) << "others go on where it left";
}

}  // namespace
}  // namespace sslslr
