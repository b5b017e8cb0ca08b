#include "src/jobs/ledger.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/file/data_error.hpp"
#include "tests/temporary_folder.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

class LedgerTest : public test::FolderTest {
protected:
    static std::optional<Claim> take(Ledger& ledger, const std::string& job) {
        return ledger.claim([&](const LedgerState& state) {
            return state.of(job).status == JobStatus::free ? std::optional{job} : std::nullopt;
        });
    }
    static Result result(int value) {
        return {.outcome = {{"value", value}}, .detail = {{"bits", "ff"}}, .seconds = 1};
    }
    LedgerState seen() const {
        LedgerFiles files{folder_};
        files.refresh();
        return files.state();
    }

    /// Runs `body` in a child process that then kills itself.
    static void in_process_that_dies(const std::function<void()>& body) {
        const auto child = fork();
        if (child == 0) {
            body();
            kill(getpid(), SIGKILL);
        }
        waitpid(child, nullptr, 0);
    }
    LedgerConfig config_{.lease_seconds = 1};
};

TEST_F(LedgerTest, AJobGoesToOneOfTwoWorkers) {
    Ledger first{folder_, config_};
    Ledger second{folder_, config_};

    EXPECT_NE(first.worker(), second.worker());
    ASSERT_TRUE(take(first, "a"));
    EXPECT_FALSE(take(second, "a"));
    EXPECT_TRUE(take(second, "b"));
}

TEST_F(LedgerTest, AResultIsSeenByAllAndStaysInTheJournal) {
    Ledger worker{folder_, config_};
    const auto claim = take(worker, "a");
    ASSERT_TRUE(worker.finish(*claim, result(7)));

    LedgerFiles files{folder_};
    files.refresh();
    files.read_journals();
    EXPECT_EQ(files.state().of("a").status, JobStatus::done);
    EXPECT_EQ(files.state().of("a").outcome["value"], 7);
    EXPECT_EQ(files.result("a", 1)->record["detail"]["bits"], "ff");
}

TEST_F(LedgerTest, TheJobOfAWorkerThatDiedIsFreeAtOnceAndItsJournalGoesToTheNext) {
    in_process_that_dies([&] {
        Ledger worker{folder_, config_};
        take(worker, "a");
    });

    Ledger next{folder_, config_};
    const auto claim = take(next, "a");

    EXPECT_EQ(next.worker(), 1) << "few files: a journal nobody holds is taken over";
    ASSERT_TRUE(claim);
    EXPECT_EQ(claim->attempt, 2);
    EXPECT_EQ(seen().counts().lost, 1);
}

TEST_F(LedgerTest, AResultThatItsWorkerCouldNotTellIsFoundAndNotComputedAgain) {
    in_process_that_dies([&] {
        Ledger worker{folder_, config_};
        take(worker, "a");
        // The first part of finish(), without the rest.
        const nlohmann::json record{
            {"job", "a"}, {"attempt", 1}, {"outcome", {{"value", 7}}}, {"digest", "d"}};
        io::append(io::PosixFile{LedgerPaths{folder_}.journal(1), io::PosixFile::Access::create},
                   {&record, 1}, io::Durability::on_disk);
    });

    for (const bool joins : {true, false}) {
        Ledger observer{folder_, config_};
        EXPECT_FALSE(take(observer, "a")) << joins;
        EXPECT_EQ(observer.state().of("a").outcome["value"], 7);
    }
    EXPECT_EQ(seen().counts().recovered, 1);
}

TEST_F(LedgerTest, ResultsOutliveTheLossOfTheClaimsLog) {
    {
        Ledger worker{folder_, config_};
        worker.finish(*take(worker, "a"), result(7));
    }
    fs::remove(LedgerPaths{folder_}.claims());

    Ledger next{folder_, config_};

    EXPECT_EQ(next.state().of("a").status, JobStatus::done);
}

TEST_F(LedgerTest, AWorkerWithoutAHeartbeatLosesItsClaimAndItsLateResultIsNotAccepted) {
    const auto child = fork();
    if (child == 0) {  // stopped while it holds the job, continued after another took it over
        Ledger worker{folder_, config_};
        const auto claim = take(worker, "a");
        raise(SIGSTOP);
        const bool accepted = worker.finish(*claim, result(8));
        _exit(accepted ? 1 : 0);
    }
    int status = 0;
    waitpid(child, &status, WUNTRACED);
    ASSERT_TRUE(WIFSTOPPED(status));
    Ledger other{folder_, config_};
    std::optional<Claim> claim;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!claim && std::chrono::steady_clock::now() < deadline) {
        claim = take(other, "a");
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    ASSERT_TRUE(claim);

    kill(child, SIGCONT);
    waitpid(child, &status, 0);
    EXPECT_EQ(WEXITSTATUS(status), 0) << "the late result was accepted";
    ASSERT_TRUE(other.finish(*claim, result(7)));
    EXPECT_EQ(seen().of("a").outcome["value"], 7);
    EXPECT_EQ(seen().counts().late, 1);
}

TEST_F(LedgerTest, AWorkerThatLivesKeepsItsClaimBeyondTheLease) {
    const LedgerConfig config{.lease_seconds = 5};
    Ledger holder{folder_, config};
    const auto claim = take(holder, "a");
    Ledger other{folder_, config};
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{7};
    while (std::chrono::steady_clock::now() < end) {
        EXPECT_FALSE(take(other, "a"));
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }

    holder.refresh();
    EXPECT_TRUE(holder.holds(*claim));
}

TEST_F(LedgerTest, JobsSetAsideAreTriedAgainOnRequest) {
    Ledger worker{folder_, config_};
    for (int i = 0; i < 3; ++i) {
        worker.fail(*take(worker, "a"), "no");
    }
    ASSERT_FALSE(take(worker, "a"));

    EXPECT_EQ(worker.retry_failed(), 1);
    EXPECT_TRUE(take(worker, "a"));
}

TEST_F(LedgerTest, AFolderThatCannotBeMadeIsNamed) {
    std::ofstream{folder_ / "file"} << "in the way";

    try {
        const Ledger ledger{folder_ / "file" / "study", config_};
        FAIL() << "no error";
    } catch (const io::DataError& error) {
        EXPECT_NE(std::string{error.what()}.find("file/study"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace sslslr
