// Whole jobs under mpirun: what a user meets when a rank fails, and which bits a run gives.
#include <array>
#include <chrono>
#include <cstdio>
#include <string>

#include <gtest/gtest.h>
#include <sys/wait.h>

namespace sslslr::dist {
namespace {

struct Outcome {
    int exit_code;
    std::string output;
    double seconds;
};

/// Runs `job` on three ranks, for at most 30 s (exit code 124 then).
Outcome run_job(const std::string& arguments, const std::string& environment = "") {
    const auto start = std::chrono::steady_clock::now();
    const auto command = environment +
                         " timeout -k 1 30 " SSLSLR_MPIEXEC " -n 3 --oversubscribe --bind-to none " +
                         SSLSLR_JOB " " + arguments + " 2>&1";
    Outcome outcome{};
    std::FILE* pipe = popen(command.c_str(), "r");
    std::array<char, 4096> part{};
    while (const auto length = std::fread(part.data(), 1, part.size(), pipe)) {
        outcome.output.append(part.data(), length);
    }
    const int status = pclose(pipe);
    outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    outcome.seconds = std::chrono::duration<double>{std::chrono::steady_clock::now() - start}.count();
    return outcome;
}

bool contains(const Outcome& outcome, const std::string& text) {
    return outcome.output.find(text) != std::string::npos;
}

TEST(Job, EndsSoonWhenARankIsKilled) {
    const auto outcome = run_job("is-killed");

    EXPECT_EQ(outcome.exit_code, 128 + 9) << outcome.output;
    EXPECT_LT(outcome.seconds, 10);
}

TEST(Job, EndsWithTheExitCodeOfTheRankThatThrows) {
    const auto outcome = run_job("throws");

    EXPECT_EQ(outcome.exit_code, 4);
    EXPECT_TRUE(contains(outcome, "error on rank 2: clip 17 unreadable")) << outcome.output;
    EXPECT_LT(outcome.seconds, 10);
}

TEST(Job, ARankThatThrowsDoesNotWaitForTheReductionItStarted) {
    const auto outcome = run_job("leaves");

    EXPECT_EQ(outcome.exit_code, 4);
    EXPECT_TRUE(contains(outcome, "error on rank 2: clip 17 unreadable")) << outcome.output;
    EXPECT_LT(outcome.seconds, 10);
}

TEST(Job, NamesTheRankThatHangsAndNotTheOneThatCameLate) {
    const auto outcome = run_job("hangs");

    EXPECT_EQ(outcome.exit_code, 4);
    EXPECT_TRUE(contains(outcome, "rank 0: all_reduce #3 waited 1.5 s; silent: rank 2 (")) << outcome.output;
    EXPECT_FALSE(contains(outcome, "silent: rank 0") || contains(outcome, "silent: rank 1"))
        << outcome.output;
    EXPECT_LT(outcome.seconds, 10);
}

class JobUnderAlgorithm : public testing::TestWithParam<const char*> {};

TEST_P(JobUnderAlgorithm, GivesTheSameBitsAgainAlsoWhenStartedInTheMiddle) {
    const auto whole = run_job("bits 1", GetParam());
    const auto again = run_job("bits 1", GetParam());
    const auto rest = run_job("bits 4", GetParam());

    ASSERT_EQ(whole.exit_code, 0) << whole.output;
    EXPECT_EQ(whole.output, again.output);
    EXPECT_EQ(whole.output.substr(whole.output.find("step 4")), rest.output);
}

constexpr auto ring = "OMPI_MCA_coll_libnbc_iallreduce_algorithm=1";
INSTANTIATE_TEST_SUITE_P(Orders, JobUnderAlgorithm, testing::Values("", ring), [](const auto& order) {
    return std::string{order.index == 0 ? "Default" : "Ring"};
});

// Other tests force the ring to show that they hold under another order of summation.
TEST(Job, RingAllReduceSumsInAnotherOrder) {
    EXPECT_NE(run_job("bits 1").output, run_job("bits 1", ring).output);
}

}  // namespace
}  // namespace sslslr::dist
