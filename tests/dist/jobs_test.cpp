// Whole jobs under mpirun: what users see when a rank fails, and which bits a run gives.
#include <chrono>
#include <regex>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "tests/process.hpp"

namespace sslslr::dist {
namespace {

using Clock = std::chrono::steady_clock;
using test::Outcome;
using namespace std::chrono_literals;

/// Runs `job` on three ranks under mpirun.
Outcome run_job(const std::string& arguments, const std::string& environment = "") {
    return test::run("env " + environment +
                     " " SSLSLR_MPIEXEC " -n 3 --oversubscribe --bind-to none " SSLSLR_JOB " " + arguments);
}

TEST(Job, EndsSoonWhenARankIsKilled) {
    const auto outcome = run_job("is-killed");

    EXPECT_TRUE(outcome.exit_code == 128 + 9 || outcome.exit_code == 4) << outcome.output;
    EXPECT_LT(outcome.seconds, 30);
}

TEST(Job, EndsWithTheExitCodeOfTheRankThatThrows) {
    const auto outcome = run_job("throws");

    EXPECT_EQ(outcome.exit_code, 4);
    EXPECT_TRUE(outcome.says("error on rank 2: clip 17 unreadable")) << outcome.output;
    EXPECT_LT(outcome.seconds, 30);
}

TEST(Job, ARankThatThrowsWaitsForNobodyWhileItUnwinds) {
    const auto outcome = run_job("leaves");

    EXPECT_EQ(outcome.exit_code, 4);
    EXPECT_TRUE(outcome.says("error on rank 2: clip 17 unreadable")) << outcome.output;
    EXPECT_LT(outcome.seconds, 30);
}

TEST(Job, NamesTheRankThatHangsAndNotTheOneThatCameLate) {
    const auto outcome = run_job("hangs");

    EXPECT_EQ(outcome.exit_code, 4);
    EXPECT_TRUE(std::regex_search(
        outcome.output,
        std::regex{R"(rank 2 \(\S+, pid \d+\) hangs: it has not entered all_reduce #3 of step )"
                   R"(0, in which rank [01] \(\S+, pid \d+\) has waited for \d+\.\d s)"}))
        << outcome.output;
    EXPECT_EQ(outcome.count("hangs"), 1) << outcome.output;
    EXPECT_LT(outcome.seconds, 30);
}

TEST(Job, NamesTheRankThatIsFrozenWhicheverItIs) {
    for (const auto& [role, rank] : {std::pair{"freezes", "rank 2 ("}, {"first-freezes", "rank 0 ("}}) {
        const auto outcome = run_job(role);

        EXPECT_EQ(outcome.exit_code, 4) << outcome.output;
        EXPECT_TRUE(outcome.says(rank)) << outcome.output;
        EXPECT_EQ(outcome.count("ending the job"), 1) << outcome.output;
        EXPECT_TRUE(outcome.says("has been silent for 5.")) << outcome.output;
        EXPECT_LT(outcome.seconds, 40);
    }
}

TEST(Job, TellsOfRanksThatWaitInDifferentCollectives) {
    const auto outcome = run_job("mismatch");

    EXPECT_EQ(outcome.exit_code, 4);
    EXPECT_TRUE(outcome.says("all ranks are waiting, but not for each other")) << outcome.output;
    EXPECT_TRUE(outcome.says("in step 7, waiting in barrier for ")) << outcome.output;
    EXPECT_TRUE(outcome.says("in step 7, waiting in all_reduce #1 for ")) << outcome.output;
    EXPECT_LT(outcome.seconds, 30);
}

TEST(Job, WaitsForALateRankWhereNobodyExpectsProgress) {
    const auto start = Clock::now();
    const auto outcome = run_job("pauses");

    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_GT(Clock::now() - start, 7s);
}

TEST(Job, GoesOnAfterASuspensionLongerThanTheHangTimeout) {
    const auto start = Clock::now();
    const auto outcome = run_job("is-suspended");

    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_GT(Clock::now() - start, 4s);
}

TEST(Job, LeavesNoRankBehindWhereMpirunIsKilled) {
    for (const std::string role : {"hang-together", "hang-apart"}) {
        const auto ranks = "pgrep -f \"^" SSLSLR_JOB " " + role + "\" >/dev/null";
        const auto job = SSLSLR_MPIEXEC " -n 3 --oversubscribe --bind-to none " SSLSLR_JOB " " + role;
        const auto outcome =
            test::run("sh -c 'log=$(mktemp); " + job +
                      " >$log & until grep -q started $log; do sleep 0.1; "
                      "done; kill -KILL $!; for i in $(seq 300); do " +
                      ranks + " || break; sleep 0.1; done; " + ranks + " || echo none is left; rm $log'");

        EXPECT_TRUE(outcome.says("none is left")) << outcome.output;
    }
}

class JobUnderAlgorithm : public testing::TestWithParam<const char*> {};

TEST_P(JobUnderAlgorithm, GivesTheSameBitsAgainAlsoWhenStartedInTheMiddle) {
    const auto whole = run_job("bits 1", GetParam());
    const auto again = run_job("bits 1", GetParam());
    const auto rest = run_job("bits 4", GetParam());

    ASSERT_TRUE(whole.says("step 4 ") && rest.says("step 4 ")) << whole.output << rest.output;
    EXPECT_EQ(whole.output, again.output);
    EXPECT_EQ(whole.output.substr(whole.output.find("step 4 ")),
              rest.output.substr(rest.output.find("step 4 ")));
}

constexpr auto ring = "OMPI_MCA_coll_libnbc_iallreduce_algorithm=1";
INSTANTIATE_TEST_SUITE_P(Orders, JobUnderAlgorithm, testing::Values("", ring), [](const auto& order) {
    return std::string{order.index == 0 ? "Default" : "Ring"};
});

// Other tests force the ring to show that they hold for another order of summation.
TEST(Job, RingAllReduceSumsInAnotherOrder) {
    const auto usual = run_job("bits 1");
    const auto other = run_job("bits 1", ring);

    EXPECT_EQ(other.exit_code, 0) << other.output;
    EXPECT_NE(usual.output, other.output);
}

}  // namespace
}  // namespace sslslr::dist
