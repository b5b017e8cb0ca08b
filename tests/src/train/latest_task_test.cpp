#include "src/train/latest_task.hpp"

#include <atomic>
#include <chrono>
#include <latch>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace sslslr {
namespace {

TEST(LatestTask, RunsOnAnotherThreadWhileTheCallerGoesOn) {
    LatestTask tasks;
    std::latch caller_went_on{1};
    std::thread::id where;

    tasks.post([&] {
        caller_went_on.wait();
        where = std::this_thread::get_id();
    });
    caller_went_on.count_down();
    tasks.wait();

    EXPECT_NE(where, std::this_thread::get_id());
    EXPECT_EQ(tasks.take_error(), nullptr);
}

TEST(LatestTask, OfThoseThatWaitOnlyTheNewestIsRun) {
    LatestTask tasks;
    std::latch started{1};
    std::latch released{1};
    std::vector<int> done;

    tasks.post([&] {
        started.count_down();
        released.wait();
        done.push_back(0);
    });
    started.wait();
    for (int number = 1; number <= 3; ++number) {
        tasks.post([&done, number] { done.push_back(number); });
    }
    released.count_down();
    tasks.wait();

    EXPECT_EQ(done, (std::vector<int>{0, 3}));
}

TEST(LatestTask, TellsAnErrorOnceAndForgetsItOnceATaskEndsWell) {
    LatestTask tasks;
    const auto fail = [] { throw std::runtime_error{"no space"}; };

    tasks.post(fail);
    tasks.wait();
    EXPECT_NE(tasks.take_error(), nullptr);
    EXPECT_EQ(tasks.take_error(), nullptr);
    tasks.post(fail);
    tasks.wait();
    tasks.post([] {});
    tasks.wait();
    EXPECT_EQ(tasks.take_error(), nullptr);
}

TEST(LatestTask, ItsEndWaitsForTheTaskUnderWayAndFreesWhatTasksHold) {
    const auto held = std::make_shared<int>(0);
    std::atomic<bool> ended = false;
    {
        LatestTask tasks;
        std::latch started{1};
        tasks.post([&, held] {
            started.count_down();
            std::this_thread::sleep_for(std::chrono::seconds{1});
            ended = true;
        });
        started.wait();
        tasks.post([held] { FAIL() << "was to be dropped"; });
    }
    EXPECT_TRUE(ended);
    EXPECT_EQ(held.use_count(), 1);
}

TEST(LatestTask, ManyPostsFromAThreadThatNeverWaitsEndWithTheLast) {
    LatestTask tasks;
    std::atomic<int> last = 0;

    for (int number = 1; number <= 20'000; ++number) {
        tasks.post([&last, number] { last = number; });
        static_cast<void>(tasks.take_error());
    }
    tasks.wait();

    EXPECT_EQ(last, 20'000);
}

}  // namespace
}  // namespace sslslr
