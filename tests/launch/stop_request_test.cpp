#include "launch/stop_request.hpp"

#include <csignal>

#include <gtest/gtest.h>

namespace sslslr {
namespace {

// A process has one limit and one flag: each test runs in a process of its own (CTest).

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
    EXPECT_FALSE(stop_signal_arrived());
}

TEST(StopRequest, ASignalStopsOnRequest) {
    catch_stop_signals();
    set_time_limit("1:00:00");

    std::raise(SIGTERM);

    EXPECT_TRUE(stop_requested());
    EXPECT_TRUE(stop_signal_arrived());
}

TEST(StopRequest, WithoutALimitStepsMayTakeAnyTime) {
    note_step(1e6);
    note_step(1e6);

    EXPECT_FALSE(stop_requested());
}

}  // namespace
}  // namespace sslslr
