#include "src/jobs/dealer.hpp"

#include <algorithm>
#include <cmath>
#include <queue>
#include <random>

#include <gtest/gtest.h>

namespace sslslr {
namespace {

void claim(LedgerState& state, const std::string& job) {
    state.apply({{"what", "claim"},
                 {"job", job},
                 {"attempt", state.of(job).attempt + 1},
                 {"worker", 1},
                 {"life", 1}});
}
void finish(LedgerState& state, const std::string& job) {
    state.apply({{"what", "done"}, {"job", job}, {"attempt", state.of(job).attempt}, {"worker", 1}});
}

TEST(Dealer, DealsByStageThenLongestThenName) {
    LedgerState state;
    Dealer dealer;
    dealer.want({{"late", 1, 9}, {"short", 0, 1}, {"b", 0, 5}, {"a", 0, 5}});

    std::vector<std::string> dealt;
    while (const auto job = dealer.next(state)) {
        dealt.push_back(*job);
        claim(state, *job);
    }

    EXPECT_EQ(dealt, (std::vector<std::string>{"a", "b", "short", "late"}));
}

TEST(Dealer, DealsAJobAgainThatWasLost) {
    LedgerState state;
    Dealer dealer;
    dealer.want({{"a"}, {"b"}});
    claim(state, "a");
    claim(state, "b");
    ASSERT_EQ(dealer.next(state), std::nullopt);

    state.apply({{"what", "lost"}, {"job", "a"}, {"attempt", 1}});

    EXPECT_EQ(dealer.next(state), "a");
}

TEST(Dealer, IsFinishedWhenAllThatIsWantedIsDoneOrSetAside) {
    LedgerState state{{.failures = 1, .losses = 1}};
    Dealer dealer;
    dealer.want({{"a"}, {"b"}});
    claim(state, "a");
    finish(state, "a");
    claim(state, "b");
    EXPECT_FALSE(dealer.is_finished(state));

    state.apply({{"what", "failed"}, {"job", "b"}, {"attempt", 1}, {"error", "no"}});

    EXPECT_TRUE(dealer.is_finished(state));
}

/// Returns when a dry run ends in which simulated workers ask the dealer whenever they are free.
double simulated_end(const std::vector<Job>& jobs, const std::vector<double>& seconds, int workers) {
    LedgerState state;
    Dealer dealer;
    dealer.want(jobs);
    std::priority_queue<std::pair<double, std::string>, std::vector<std::pair<double, std::string>>,
                        std::greater<>>
        ends;  // of the running jobs
    double now = 0;
    const auto start_one = [&] {
        if (const auto job = dealer.next(state)) {
            claim(state, *job);
            ends.emplace(now + seconds[std::stoul(*job)], *job);
        }
    };
    for (int worker = 0; worker < workers; ++worker) {
        start_one();
    }
    while (!ends.empty()) {
        const auto [end, job] = ends.top();
        ends.pop();
        now = end;
        finish(state, job);
        start_one();
    }
    EXPECT_TRUE(dealer.is_finished(state));
    return now;
}

TEST(Dealer, AHundredThousandUnevenJobsOnAThousandWorkersEndWithinFivePercentOfTheBound) {
    constexpr int workers = 1000;
    std::mt19937_64 random{7};
    std::lognormal_distribution<double> length{0, 1};  // the longest takes some hundred times the shortest
    std::lognormal_distribution<double> surprise{0, 0.2};
    std::vector<Job> jobs;
    std::vector<double> seconds;
    double sum = 0;
    double longest = 0;
    for (int i = 0; i < 100'000; ++i) {
        const double expected = length(random);
        jobs.push_back({std::to_string(i), 0, expected});
        seconds.push_back(expected * surprise(random));  // the dealer knows only estimates
        sum += seconds.back();
        longest = std::max(longest, seconds.back());
    }
    const double bound = std::max(sum / workers, longest);

    const double end = simulated_end(jobs, seconds, workers);

    EXPECT_LE(end, 1.05 * bound);
    RecordProperty("end_over_bound", std::to_string(end / bound));
    std::cout << "ended at " << end / bound << " of the lower bound\n";
}

}  // namespace
}  // namespace sslslr
