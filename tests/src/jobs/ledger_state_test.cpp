#include "src/jobs/ledger_state.hpp"

#include <gtest/gtest.h>

namespace sslslr {
namespace {

nlohmann::json about(const std::string& what, std::int64_t attempt) {
    return {{"what", what}, {"job", "a"}, {"attempt", attempt}, {"worker", 1}, {"life", 1}};
}

class LedgerStateTest : public testing::Test {
protected:
    void apply(const std::string& what, std::int64_t attempt,
               const nlohmann::json& more = nlohmann::json::object()) {
        auto record = about(what, attempt);
        record.update(more);
        state_.apply(record);
    }
    JobStatus status() const { return state_.of("a").status; }

    LedgerState state_;
};

TEST_F(LedgerStateTest, AJobIsHeldByOneClaimAtATime) {
    apply("claim", 1);
    apply("claim", 2, {{"worker", 2}});

    EXPECT_EQ(state_.of("a").attempt, 1);
    EXPECT_EQ(state_.of("a").worker, 1);
}

TEST_F(LedgerStateTest, TheFirstResultOfTheNewestAttemptCountsAndNoOther) {
    apply("claim", 1);
    apply("lost", 1);
    apply("claim", 2);
    EXPECT_FALSE(state_.accepts("a", 1)) << "an attempt that was given to another is fenced off";
    apply("done", 1, {{"digest", "old"}});
    EXPECT_EQ(status(), JobStatus::running);

    apply("done", 2, {{"digest", "new"}});
    apply("done", 2, {{"digest", "again"}});

    EXPECT_EQ(status(), JobStatus::done);
    EXPECT_EQ(state_.of("a").digest, "new");
    EXPECT_EQ(state_.results(), 1);
    EXPECT_EQ(state_.counts().accepted_twice, 2);
}

TEST_F(LedgerStateTest, AResultThatArrivesBeforeAnotherTookTheJobOverIsAccepted) {
    apply("claim", 1);
    apply("lost", 1);

    EXPECT_TRUE(state_.accepts("a", 1));
}

TEST_F(LedgerStateTest, AJobThatFailsThreeTimesIsSetAsideWithItsErrorUntilItIsRetried) {
    for (std::int64_t attempt = 1; attempt <= 3; ++attempt) {
        EXPECT_EQ(status(), JobStatus::free);
        apply("claim", attempt);
        apply("failed", attempt, {{"error", "no luck"}});
    }
    EXPECT_EQ(status(), JobStatus::set_aside);
    EXPECT_EQ(state_.of("a").error, "no luck");
    EXPECT_EQ(state_.set_aside(), std::vector<std::string>{"a"});

    apply("retry", 0);

    EXPECT_EQ(status(), JobStatus::free);
    EXPECT_TRUE(state_.set_aside().empty());
    apply("claim", 4);
    EXPECT_EQ(status(), JobStatus::running);
}

TEST_F(LedgerStateTest, StoppedAndCancelledAttemptsDoNotCountAgainstAJob) {
    for (std::int64_t attempt = 1; attempt <= 20; ++attempt) {
        apply("claim", attempt);
        apply(attempt % 2 == 0 ? "released" : "cancelled", attempt);
    }

    EXPECT_EQ(status(), JobStatus::free);
    EXPECT_EQ(state_.counts().released, 10);
    EXPECT_EQ(state_.counts().cancelled, 10);
}

TEST_F(LedgerStateTest, AJobWhoseWorkersKeepVanishingIsSetAsideInTheEnd) {
    for (std::int64_t attempt = 1; attempt <= 10; ++attempt) {
        apply("claim", attempt);
        apply("lost", attempt);
    }

    EXPECT_EQ(status(), JobStatus::set_aside);
    EXPECT_EQ(state_.of("a").error, "its worker vanished 10 times");
}

TEST_F(LedgerStateTest, ALateResultIsComparedWithTheAcceptedOneOfTheSameTypeOfCpu) {
    apply("claim", 1);
    apply("done", 1, {{"digest", "x"}, {"cpu", "one"}});

    apply("late", 1, {{"digest", "x"}, {"cpu", "one"}});
    apply("late", 1, {{"digest", "y"}, {"cpu", "another"}});
    EXPECT_EQ(state_.counts().differing, 0);
    apply("late", 1, {{"digest", "y"}, {"cpu", "one"}});

    EXPECT_EQ(state_.counts().differing, 1);
    EXPECT_EQ(state_.counts().late, 3);
}

TEST_F(LedgerStateTest, RecordsItDoesNotKnowAreNoError) {
    state_.apply({{"what", "unheard of"}, {"job", "a"}});
    state_.apply(nlohmann::json::object());

    EXPECT_EQ(status(), JobStatus::free);
}

}  // namespace
}  // namespace sslslr
