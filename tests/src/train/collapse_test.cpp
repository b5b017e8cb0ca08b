#include "src/train/collapse.hpp"

#include <gtest/gtest.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

constexpr Spread healthy{.raw = 0.5, .normalised = 0.8};

TEST(CollapseMonitor, IsHealthyWhileTheSpreadStays) {
    CollapseMonitor monitor{{.patience = 2}, 64};
    for (int step = 0; step < 10; ++step) {
        EXPECT_FALSE(monitor.observe(healthy, 64));
    }
}

TEST(CollapseMonitor, SeesACollapseInScaleAndOneInDirection) {
    for (const auto& low : {Spread{.raw = 0.01, .normalised = 0.8}, Spread{.raw = 0.5, .normalised = 0.01}}) {
        CollapseMonitor monitor{{.patience = 3}, 64};
        monitor.observe(healthy, 64);
        EXPECT_FALSE(monitor.observe(low, 64));
        EXPECT_FALSE(monitor.observe(low, 64));
        EXPECT_TRUE(monitor.observe(low, 64)) << "the third low step in a row";
        EXPECT_FALSE(monitor.observe(low, 64)) << "said once";
    }
}

TEST(CollapseMonitor, AStepThatRecoversStartsTheCountAgain) {
    CollapseMonitor monitor{{.patience = 2}, 64};
    monitor.observe(healthy, 64);
    monitor.observe({.raw = 0.01, .normalised = 0.8}, 64);
    monitor.observe(healthy, 64);
    EXPECT_FALSE(monitor.observe({.raw = 0.01, .normalised = 0.8}, 64));
}

TEST(CollapseMonitor, SmallBatchesSayNothing) {
    CollapseMonitor monitor{{.patience = 1}, 64};
    monitor.observe(healthy, 64);
    EXPECT_FALSE(monitor.observe({.raw = 0, .normalised = 0}, 31));
}

TEST(CollapseMonitor, ItsStateGoesOnWhereItStopped) {
    CollapseMonitor before{{.patience = 2}, 64};
    before.observe({.raw = 0.1 + 0.2, .normalised = 0.7}, 64);
    before.observe({.raw = 0.001, .normalised = 0.7}, 64);

    CollapseMonitor after{{.patience = 2}, 64};
    after.load_state(before.state());

    EXPECT_EQ(after.state(), before.state());
    EXPECT_TRUE(after.observe({.raw = 0.001, .normalised = 0.7}, 64));
}

TEST(CollapseMonitor, ATrainingThatWasStoppedStopsAgain) {
    for (const auto& [policy, again] :
         {std::pair{CollapsePolicy::stop, true}, {CollapsePolicy::warn, false}}) {
        CollapseMonitor before{{.policy = policy, .patience = 2}, 4};
        before.observe({.raw = 1, .normalised = 1}, 4);
        EXPECT_FALSE(before.observe({.raw = 0.01, .normalised = 1}, 4));
        EXPECT_TRUE(before.observe({.raw = 0.01, .normalised = 1}, 4));

        CollapseMonitor after{{.policy = policy, .patience = 2}, 4};
        after.load_state(before.state());
        EXPECT_EQ(after.observe({.raw = 0.01, .normalised = 1}, 4), again) << (again ? "stop" : "warn");
    }
}

TEST(CollapseMonitor, WhoDoesNotWatchRemembersTheFirstSpreadForWhoDoes) {
    for (const auto policy : {CollapsePolicy::warn, CollapsePolicy::stop}) {
        CollapseMonitor before{{.policy = CollapsePolicy::none, .patience = 2}, 4};
        EXPECT_FALSE(before.observe({.raw = 1, .normalised = 1}, 4));
        for (int step = 0; step < 5; ++step) {
            EXPECT_FALSE(before.observe({.raw = 0.01, .normalised = 1}, 4)) << "policy none";
        }

        CollapseMonitor after{{.policy = policy, .patience = 2}, 4};
        after.load_state(before.state());
        EXPECT_TRUE(after.observe({.raw = 0.01, .normalised = 1}, 4)) << static_cast<int>(policy);
    }
}

TEST(CollapseMonitor, RefusesBadSettingsByOption) {
    const auto refusal = [](const CollapseConfig& config) -> std::string {
        try {
            CollapseMonitor{config, 64};
        } catch (const ConfigError& error) {
            return io::as_options(error.what());
        }
        return "";
    };
    EXPECT_NE(refusal({.threshold = 0}).find("--collapse-threshold 0"), std::string::npos);
    EXPECT_NE(refusal({.patience = 0}).find("--collapse-patience 0"), std::string::npos);
}

}  // namespace
}  // namespace sslslr
