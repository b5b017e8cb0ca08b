#include "src/run/stop_request.hpp"

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <string>

#include <gtest/gtest.h>

namespace sslslr {
namespace {

// A process has one time limit and one stop flag, so CTest runs each test in its own process.

TEST(StopRequest, ALongStepAmongTheFirstDecidesNothing) {
    set_time_limit("0:30");

    note_step(12);  // the warm-up, or a suspension within the first step

    EXPECT_FALSE(stop_requested());
    note_step(0.1);
    EXPECT_FALSE(stop_requested());
}

TEST(StopRequest, StepsThatAreLongEndTheWorkWhileThreeMoreHaveTime) {
    set_time_limit("0:30");

    note_step(12);
    note_step(12);

    EXPECT_TRUE(stop_requested());
    EXPECT_EQ(stop_cause(), "before the time limit");
}

TEST(StopRequest, ASignalStopsOnRequest) {
    catch_stop_signals();
    set_time_limit("1:00:00");

    std::raise(SIGTERM);

    EXPECT_TRUE(stop_requested());
    EXPECT_EQ(stop_cause(), "on request");
}

TEST(StopRequest, AnEndOfSlurmsIsNamedAsTheCause) {
    setenv("SLURM_JOB_END_TIME", std::to_string(std::time(nullptr) + 1).c_str(), 1);
    set_time_limit("");
    note_step(12);
    note_step(12);

    EXPECT_TRUE(stop_requested());
    EXPECT_EQ(stop_cause(), "before the time limit of the Slurm job (SLURM_JOB_END_TIME)");
}

TEST(StopRequest, AnEndOfSlurmsThatHasPassedIsNamedWithWhatToDo) {
    setenv("SLURM_JOB_END_TIME", "1000000000", 1);
    set_time_limit("");

    EXPECT_TRUE(stop_requested());
    EXPECT_NE(stop_cause().find("SLURM_JOB_END_TIME=1000000000; outside of that job, unset the variable"),
              std::string::npos)
        << stop_cause();
}

TEST(StopRequest, TheCauseOfOneRankIsThatOfAllAndARequestComesFirst) {
    EXPECT_EQ(common_stop_cause({"", "before the time limit", ""}), "before the time limit");
    EXPECT_EQ(common_stop_cause({"before the time limit", "on request"}), "on request");
}

TEST(StopRequest, ATerminalThatIsClosedStopsOnRequest) {
    std::signal(SIGHUP, SIG_DFL);  // the tests may run under nohup
    catch_stop_signals();
    std::raise(SIGHUP);
    EXPECT_EQ(stop_cause(), "on request");
}

TEST(StopRequest, SignalsThatAreIgnoredStaySo) {
    std::signal(SIGHUP, SIG_IGN);  // as nohup does
    std::signal(SIGINT, SIG_IGN);  // as a script's & does
    catch_stop_signals();

    std::raise(SIGHUP);
    std::raise(SIGINT);

    EXPECT_FALSE(stop_requested());
}

TEST(StopRequest, TheFirstCtrlCStopsAndTheSecondEndsAtOnce) {
    std::signal(SIGINT, SIG_DFL);  // the tests may run behind a script's `&`
    catch_stop_signals();

    testing::internal::CaptureStderr();
    std::raise(SIGINT);

    EXPECT_EQ(stop_cause(), "on request");
    EXPECT_NE(testing::internal::GetCapturedStderr().find("Ctrl-C again ends at once"), std::string::npos);
    EXPECT_EXIT(std::raise(SIGINT), testing::KilledBySignal(SIGINT), "");
}

TEST(StopRequest, WithoutALimitStepsMayTakeAnyTime) {
    note_step(1e6);
    note_step(1e6);

    EXPECT_FALSE(stop_requested());
}

}  // namespace
}  // namespace sslslr
