#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "src/jobs/ledger_state.hpp"

namespace sslslr {

/// A piece of independent work.
struct Job {
    std::string id;          ///< a hash of everything that determines its result
    std::int64_t stage = 0;  ///< jobs of smaller stages go first
    double cost = 1;         ///< expected duration, in any unit; within a stage the longest go first
};

/// Chooses which job a worker gets next: the first free one of the wanted jobs by (stage, -cost, id).
///
/// Longest first makes the last worker finish at most a third later than the best possible order, and hardly
/// later with many jobs per worker (Graham 1969, "Bounds on multiprocessing timing anomalies").
class Dealer {
public:
    /// Replaces the wanted jobs.
    void want(std::vector<Job> jobs);
    bool wants(const std::string& job) const { return names_.contains(job); }

    /// Returns the job to claim next; nothing if no wanted job is free. The caller claims it, so that it is
    /// not free at the next call.
    /// Cost: one look at each wanted job, and one more each time that want() was called or a job became free
    /// again.
    std::optional<std::string> next(const LedgerState& state);

    /// Whether every wanted job is done or set aside.
    bool is_finished(const LedgerState& state) const;
    const std::vector<Job>& wanted() const noexcept { return jobs_; }

private:
    std::vector<Job> jobs_;  ///< in the order in which they are dealt
    std::unordered_set<std::string> names_;
    std::size_t first_ = 0;          ///< no job before this one was free as of seen_returns_
    std::int64_t seen_returns_ = 0;  ///< LedgerState::returns() at the last call of next()
};

}  // namespace sslslr
