#include "src/boundary/forecast.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace sslslr {
namespace {

const SearchConfig small_config{.frames = 32, .step = 4, .repeats = 6};
const SearchJobs small_search{small_config, "identity", /*compares=*/false};

Forecast with(std::int64_t workers, std::int64_t lost = 0) {
    return forecast(small_search, ordinary_case(small_config, 1),
                    {.count = workers, .seconds_per_job = 100, .lost = lost, .lease_seconds = 60});
}

TEST(Forecast, OfOneWorkerIsItsTrainingsOneAfterTheOther) {
    const auto course = with(1);
    const double controls =
        100 * SearchJobs::random_cost * static_cast<double>(compared_repeats(small_config));

    EXPECT_GE(course.trainings, 2 * (1 + 2 * 8) - 2) << "two at every k, of which k = 0 serves both sides";
    EXPECT_LE(course.trainings, small_search.most_jobs());
    EXPECT_DOUBLE_EQ(course.seconds, 100.0 * static_cast<double>(course.trainings) + controls);
    EXPECT_EQ(course.cancelled, 0);
    EXPECT_DOUBLE_EQ(course.idle, 0);
}

TEST(Forecast, OfMoreWorkersTakesNoLongerUntilTheyHaveNothingToDo) {
    auto before = with(1);
    for (const std::int64_t workers : {2, 8, 64, 1000}) {
        const auto course = with(workers);
        EXPECT_LE(course.seconds, before.seconds) << workers;
        EXPECT_GE(course.seconds, before.seconds * 2 / 3 / static_cast<double>(workers));
        EXPECT_GE(course.trainings, with(1).trainings) << "those on which the answer rests";
        before = course;
    }
    EXPECT_GE(before.seconds, 200) << "the answer depends on repeats after the first";
    EXPECT_GT(before.idle, 0.5);
}

TEST(Forecast, OfALostWorkerAddsWhatItHadTrainedAndItsLease) {
    const auto lost = with(1, 1).seconds - with(1).seconds;
    EXPECT_GT(lost, 60);
    EXPECT_LE(lost, 160);
    EXPECT_GE(with(1, 8).seconds, with(1).seconds) << "a node takes no more than there are";
    EXPECT_GE(with(8, 4).seconds, with(8).seconds);
    EXPECT_EQ(with(8, 4).trainings, with(8).trainings);
}

}  // namespace
}  // namespace sslslr
