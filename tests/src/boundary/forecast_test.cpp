#include "src/boundary/forecast.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace sslslr {
namespace {

const SearchConfig small_config{.frames = 32, .step = 4, .repeats = 6};
const SearchJobs small_search{small_config, "identity", /*compares=*/false};

Forecast with(std::int64_t workers, std::int64_t lost = 0, double lost_after = 0) {
    return forecast(small_search, ordinary_case(small_config, 1),
                    {.count = workers,
                     .seconds_per_job = 100,
                     .lost = lost,
                     .lost_after = lost_after,
                     .lease_seconds = 60});
}

TEST(Forecast, OfOneWorkerIsItsTrainingsOneAfterTheOther) {
    const auto course = with(1);
    const double controls =
        100 * SearchJobs::random_cost * static_cast<double>(compared_repeats(small_config));

    EXPECT_GE(course.trainings, 2 * (1 + 2 * 8) - 2) << "two at every k, of which k = 0 serves both sides";
    EXPECT_LE(course.trainings, small_search.most_jobs());
    EXPECT_DOUBLE_EQ(course.seconds, 100.0 * static_cast<double>(course.trainings) + controls);
    EXPECT_DOUBLE_EQ(course.idle, 0);
}

TEST(Forecast, OfMoreWorkersTakesNoLongerUntilTheyHaveNothingToDo) {
    const auto alone = with(1);
    auto before = alone;
    for (const std::int64_t workers : {2, 8, 64, 1000}) {
        const auto course = with(workers);
        EXPECT_LE(course.seconds, before.seconds) << workers;
        EXPECT_GE(course.seconds * static_cast<double>(workers), alone.seconds);
        EXPECT_GE(course.trainings, alone.trainings) << "those on which the answer rests";
        before = course;
    }
    EXPECT_GE(before.seconds, 200) << "the answer depends on repeats after the first";
    EXPECT_GT(before.idle, 0.5);
}

TEST(Forecast, OfALostWorkerAddsWhatItHadTrainedAndItsLease) {
    EXPECT_DOUBLE_EQ(with(1, 1, 530).seconds - with(1).seconds, 30 + 60) << "5 trainings and 30 s before";
    EXPECT_DOUBLE_EQ(with(1, 8, 530).seconds, with(1, 1, 530).seconds)
        << "a node takes no more than there are";
    EXPECT_EQ(with(8, 4, 250).trainings, with(8).trainings);
    EXPECT_GT(with(8, 8, 250).seconds, with(8).seconds + 60);
    EXPECT_DOUBLE_EQ(with(8, 8, 1e6).seconds, with(8).seconds) << "it has ended before";
}

TEST(Forecast, OfEveryModeEnds) {
    for (const auto mode : {SearchMode::tolerant, SearchMode::strict}) {
        auto config = small_config;
        config.mode = mode;
        const SearchJobs search{config, "identity", /*compares=*/true};
        const auto course = forecast(search, ordinary_case(config, 1), {.count = 8, .seconds_per_job = 100});
        EXPECT_GT(course.trainings, 6);
        EXPECT_LE(course.trainings, search.most_jobs());
    }
}

}  // namespace
}  // namespace sslslr
