#include "src/train/collapse.hpp"

#include <gtest/gtest.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

constexpr Spread healthy{.raw = 0.5, .normalised = 0.8};

TEST(CollapseMonitor, IsHealthyWhileTheSpreadStays) {
    CollapseMonitor monitor{{.patience = 2}};
    for (int time = 0; time < 10; ++time) {
        EXPECT_FALSE(monitor.observe(healthy));
    }
}

TEST(CollapseMonitor, SeesACollapseInScaleAndOneInDirection) {
    for (const auto& low : {Spread{.raw = 0.01, .normalised = 0.8}, Spread{.raw = 0.5, .normalised = 0.01}}) {
        CollapseMonitor monitor{{.patience = 3}};
        monitor.observe(healthy);
        EXPECT_FALSE(monitor.observe(low));
        EXPECT_FALSE(monitor.observe(low));
        EXPECT_TRUE(monitor.observe(low)) << "the third low measurement in a row";
        EXPECT_FALSE(monitor.observe(low)) << "said once";
    }
}

TEST(CollapseMonitor, AMeasurementThatRecoversStartsTheCountAgain) {
    CollapseMonitor monitor{{.patience = 2}};
    monitor.observe(healthy);
    monitor.observe({.raw = 0.01, .normalised = 0.8});
    monitor.observe(healthy);
    EXPECT_FALSE(monitor.observe({.raw = 0.01, .normalised = 0.8}));
}

TEST(CollapseMonitor, ItsStateGoesOnWhereItStopped) {
    CollapseMonitor before{{.patience = 2}};
    before.observe({.raw = 0.1 + 0.2, .normalised = 0.7});
    before.observe({.raw = 0.001, .normalised = 0.7});

    CollapseMonitor after{{.patience = 2}};
    after.load_state(before.state());

    EXPECT_EQ(after.state(), before.state());
    EXPECT_TRUE(after.observe({.raw = 0.001, .normalised = 0.7}));
}

TEST(CollapseMonitor, ATrainingThatWasStoppedStopsAgain) {
    for (const auto& [policy, again] :
         {std::pair{CollapsePolicy::stop, true}, {CollapsePolicy::warn, false}}) {
        CollapseMonitor before{{.policy = policy, .patience = 2}};
        before.observe({.raw = 1, .normalised = 1});
        EXPECT_FALSE(before.observe({.raw = 0.01, .normalised = 1}));
        EXPECT_TRUE(before.observe({.raw = 0.01, .normalised = 1}));

        CollapseMonitor after{{.policy = policy, .patience = 2}};
        after.load_state(before.state());
        EXPECT_EQ(after.observe({.raw = 0.01, .normalised = 1}), again) << (again ? "stop" : "warn");
    }
}

TEST(CollapseMonitor, WhoDoesNotWatchRemembersTheFirstSpreadForWhoDoes) {
    for (const auto policy : {CollapsePolicy::warn, CollapsePolicy::stop}) {
        CollapseMonitor before{{.policy = CollapsePolicy::none, .patience = 2}};
        EXPECT_FALSE(before.observe({.raw = 1, .normalised = 1}));
        for (int time = 0; time < 5; ++time) {
            EXPECT_FALSE(before.observe({.raw = 0.01, .normalised = 1})) << "policy none";
        }

        CollapseMonitor after{{.policy = policy, .patience = 2}};
        after.load_state(before.state());
        EXPECT_TRUE(after.observe({.raw = 0.01, .normalised = 1})) << static_cast<int>(policy);
    }
}

TEST(CollapseMonitor, RefusesBadSettingsByOption) {
    const auto refusal = [](const CollapseConfig& config) -> std::string {
        try {
            CollapseMonitor{config};
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
