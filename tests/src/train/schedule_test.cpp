#include "src/train/schedule.hpp"

#include <gtest/gtest.h>

#include "src/errors.hpp"
#include "tests/src/golden/golden.hpp"

namespace sslslr {
namespace {

void expect_golden(const Schedule& schedule, const nlohmann::json& file, const char* rates) {
    const auto expected = file["schedules"][rates].get<std::vector<double>>();
    for (std::size_t step = 0; step < expected.size(); ++step) {
        EXPECT_NEAR(0.2 * schedule.factor(static_cast<std::int64_t>(step)), expected[step], 1e-12)
            << rates << " step " << step;
    }
}

TEST(Schedule, EqualsPyTorchStepByStep) {
    const auto file = golden::read("training.json");
    expect_golden({{.kind = ScheduleKind::cosine, .warmup_epochs = 5}, 20, 1}, file, "warm_up_cosine");
    expect_golden({{.kind = ScheduleKind::triangle, .warmup_epochs = 3}, 5, 4}, file, "linear_up_down");
}

TEST(Schedule, ConstantRisesAndStays) {
    const Schedule schedule{{.kind = ScheduleKind::constant, .warmup_epochs = 0.5}, 10, 4};

    EXPECT_DOUBLE_EQ(schedule.factor(0), 0.5);
    EXPECT_DOUBLE_EQ(schedule.factor(1), 1);
    EXPECT_DOUBLE_EQ(schedule.factor(39), 1);
    EXPECT_EQ(schedule.steps(), 40);
}

TEST(Schedule, RefusesAWarmUpLongerThanTheTraining) {
    EXPECT_THROW((Schedule{{.kind = ScheduleKind::cosine, .warmup_epochs = 11}, 10, 4}), ConfigError);
    EXPECT_THROW((Schedule{{.kind = ScheduleKind::cosine, .warmup_epochs = -1}, 10, 4}), ConfigError);
}

}  // namespace
}  // namespace sslslr
