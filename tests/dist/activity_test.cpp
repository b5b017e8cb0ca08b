#include "dist/activity.hpp"

#include <thread>

#include <gtest/gtest.h>

namespace sslslr::dist {
namespace {

TEST(ActivityTest, TellsTheStepAndWhatIsWaitedInLongest) {
    enter_step(12);
    EXPECT_EQ(current_activity().text(), "in step 12, computing");
    {
        const CollectiveWait first{"gather"};
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
        std::thread{[] {
            const CollectiveWait second{"all_reduce", 17};
            EXPECT_EQ(current_activity().collective_name(), "gather");
        }}.join();
        EXPECT_EQ(current_activity().text().substr(0, 34), "in step 12, waiting in gather for ");
        EXPECT_GE(current_activity().waited, 0.02);
    }
    enter_step(0);
    EXPECT_EQ(current_activity().text(), "outside of training, computing");
}

TEST(ActivityTest, AThreadThatHasEndedLeavesItsPlaceToOthers) {
    for (int i = 0; i < 200; ++i) {
        std::thread{[] {
            const CollectiveWait wait{"all_reduce", 3};
            EXPECT_EQ(current_activity().collective_name(), "all_reduce #3");
        }}.join();
    }
    EXPECT_FALSE(current_activity().waits());
}

}  // namespace
}  // namespace sslslr::dist
