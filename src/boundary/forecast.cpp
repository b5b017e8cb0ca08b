#include "src/boundary/forecast.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
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
        : jobs_{jobs},
          accuracy_{accuracy},
          workers_{workers},
          lost_{std::min(workers.lost, workers.count)},
          loss_{lost_ > 0 ? std::llround(1000 * workers.lost_after) : never},
          idle_{workers.count} {}

    Forecast run() {
        ask();
        for (start(); !running_.empty() || !dealer_.is_finished(state_); start()) {
            const auto ends = running_.empty() ? never : std::ranges::min(running_, {}, &Running::end).end;
            now_ = std::min({ends, back_, loss_});
            if (now_ == loss_) {
                loss_ = never;
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

    /// Asks which jobs are wanted.
    void ask() {
        auto wanted = jobs_.wanted(state_);
        of_start_.clear();
        of_end_.clear();
        for (const auto& job : wanted) {
            const auto& trial = jobs_.trial_of(job.id);
            if (job.stage == 0 && (trial.k2 == 0 || trial.k1 > 0)) {
                of_start_.insert(job.id);
            }
            if (job.stage == 0 && (trial.k1 == 0 || trial.k2 > 0)) {
                of_end_.insert(job.id);
            }
        }
        dealer_.want(std::move(wanted));
    }

    /// Asks again if the last result was awaited that decides what a side needs next. No other changes what
    /// is wanted, and asking judges all results.
    void take(const std::string& job) {
        const auto completes = [&](std::set<std::string>& decisive) {
            return decisive.erase(job) > 0 && decisive.empty();
        };
        const bool completes_start = completes(of_start_);
        must_ask_ = completes(of_end_) || completes_start || must_ask_;
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

    void finish() {
        must_ask_ = false;
        end_where([&](const Running& job) { return job.end == now_; },
                  [&](const Running& job) {
                      const auto& trial = jobs_.trial_of(job.job);
                      state_.apply({{"what", "done"},
                                    {"job", job.job},
                                    {"attempt", job.attempt},
                                    {"outcome", {{"accuracy", accuracy_.of(trial)}}}});
                      result_.trainings += trial.kind == Trial::Kind::random ? 0 : 1;
                      take(job.job);
                  });
        if (must_ask_) {
            ask();
        }
    }

    /// Takes away the workers that have trained the longest, and with them those that have nothing to do.
    void lose() {
        auto left = lost_;
        end_where([&](const Running&) { return left-- > 0; },
                  [&](const Running& job) { away_.push_back(job); });
        idle_ -= lost_;
        back_ = now_ + std::llround(1000 * workers_.lease_seconds);
    }

    void come_back() {
        for (const auto& job : away_) {
            record("lost", job);
        }
        away_.clear();
        idle_ += lost_;
        back_ = never;
    }

    const SearchJobs& jobs_;
    const AssumedAccuracy& accuracy_;
    const AssumedWorkers& workers_;
    std::int64_t lost_;  ///< workers of the node
    std::int64_t loss_;  ///< when it is lost
    LedgerState state_;
    Dealer dealer_;
    std::set<std::string> of_start_;  ///< jobs that decide what this side needs next
    std::set<std::string> of_end_;
    bool must_ask_ = false;
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
    return Simulation{jobs, accuracy, workers}.run();
}

AssumedAccuracy ordinary_case(const SearchConfig& search, std::uint64_t seed) {
    const auto grid = grid_of(search);
    const auto kept = grid.size() < 4 ? 0 : grid[grid.size() / 4 - 1];
    constexpr double least_loss = 0.06;
    return {.planted_k1 = kept,
            .planted_k2 = kept,
            .slope = std::max(2 * search.margin, least_loss) / static_cast<double>(search.step),
            .noise = 0.02,
            .seed = seed};
}

}  // namespace sslslr
