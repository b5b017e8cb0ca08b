#include "src/boundary/forecast.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace sslslr {
namespace {

constexpr auto never = std::numeric_limits<std::int64_t>::max();

/// A training under way. Times are whole milliseconds, so that jobs which end together do so exactly.
struct Running {
    std::string job;
    std::int64_t attempt;
    std::int64_t begin;
    std::int64_t end;
};

class Simulation {
public:
    Simulation(const SearchJobs& jobs, const AssumedAccuracy& accuracy, const AssumedWorkers& workers)
        : jobs_{jobs}, accuracy_{accuracy}, workers_{workers}, idle_{workers.count} {
        workers_.lost = std::min(workers_.lost, workers_.count);
    }

    /// @param loss  when the node is lost, in milliseconds
    Forecast run(std::int64_t loss = never) {
        for (;;) {
            dealer_.want(jobs_.wanted(state_));
            cancel();
            start();
            const auto ends = running_.empty() ? never : std::ranges::min(running_, {}, &Running::end).end;
            if (ends == never && back_ == never) {
                break;
            }
            now_ = std::min({ends, back_, loss});
            if (now_ == loss) {
                loss = never;
                lose();
            } else if (now_ == back_) {
                come_back();
            } else {
                finish();
            }
        }
        const double all = static_cast<double>(workers_.count) * static_cast<double>(now_);
        result_.seconds = static_cast<double>(now_) / 1000;
        result_.idle = all > 0 ? 1 - static_cast<double>(busy_) / all : 0;
        return result_;
    }

private:
    void record(const char* what, const Running& job) {
        state_.apply({{"what", what}, {"job", job.job}, {"attempt", job.attempt}, {"worker", 1}});
    }

    void start() {
        while (idle_ > 0) {
            const auto job = dealer_.next(state_);
            if (!job) {
                return;
            }
            const bool is_trained = jobs_.trial_of(*job).kind != Trial::Kind::random;
            const double cost = is_trained ? 1 : SearchJobs::random_cost;
            const auto duration = std::llround(1000 * workers_.seconds_per_job * cost);
            running_.push_back({*job, state_.of(*job).attempt + 1, now_, now_ + std::max(duration, 1LL)});
            record("claim", running_.back());
            --idle_;
        }
    }

    /// Ends the trainings for which `ends` holds, after `act` on each.
    template <typename Ends, typename Act>
    void end_where(const Ends& ends, const Act& act) {
        std::erase_if(running_, [&](const Running& job) {
            if (!ends(job)) {
                return false;
            }
            busy_ += now_ - job.begin;
            ++idle_;
            act(job);
            return true;
        });
    }

    void cancel() {
        end_where([&](const Running& job) { return !dealer_.wants(job.job); },
                  [&](const Running& job) {
                      record("cancelled", job);
                      ++result_.cancelled;
                  });
    }

    void finish() {
        end_where([&](const Running& job) { return job.end == now_; },
                  [&](const Running& job) {
                      const auto& trial = jobs_.trial_of(job.job);
                      state_.apply({{"what", "done"},
                                    {"job", job.job},
                                    {"attempt", job.attempt},
                                    {"outcome", {{"accuracy", accuracy_.of(trial)}}}});
                      result_.trainings += trial.kind == Trial::Kind::random ? 0 : 1;
                  });
    }

    /// Takes away the workers that have trained the longest, and with them those that have nothing to do.
    void lose() {
        auto left = workers_.lost;
        end_where([&](const Running&) { return left-- > 0; },
                  [&](const Running& job) { away_.push_back(job); });
        idle_ -= workers_.lost;
        back_ = now_ + std::llround(1000 * workers_.lease_seconds);
    }

    void come_back() {
        for (const auto& job : away_) {
            record("lost", job);
        }
        away_.clear();
        idle_ += workers_.lost;
        back_ = never;
    }

    const SearchJobs& jobs_;
    const AssumedAccuracy& accuracy_;
    AssumedWorkers workers_;
    LedgerState state_;
    Dealer dealer_;
    std::vector<Running> running_;
    std::vector<Running> away_;  ///< jobs of the lost node, until their lease has run out
    std::int64_t back_ = never;  ///< when its workers come back
    std::int64_t idle_;
    std::int64_t now_ = 0;
    std::int64_t busy_ = 0;
    Forecast result_;
};

}  // namespace

Forecast forecast(const SearchJobs& jobs, const AssumedAccuracy& accuracy, const AssumedWorkers& workers) {
    const auto undisturbed = Simulation{jobs, accuracy, workers}.run();
    if (workers.lost == 0) {
        return undisturbed;
    }
    return Simulation{jobs, accuracy, workers}.run(std::llround(500 * undisturbed.seconds));
}

AssumedAccuracy ordinary_case(const SearchConfig& search, std::uint64_t seed) {
    const auto grid = grid_of(search);
    const auto kept = grid.size() < 4 ? 0 : grid[grid.size() / 4 - 1];
    return {.planted_k1 = kept,
            .planted_k2 = kept,
            .slope = 2 * search.margin / static_cast<double>(search.step),
            .noise = 0.02,
            .seed = seed};
}

}  // namespace sslslr
