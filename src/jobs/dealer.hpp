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
    std::int64_t stage = 0;  ///< those of a smaller stage go first
    double cost = 1;  ///< what it is expected to take, in any unit; within a stage the longest go first
};

/// Chooses which job a worker gets next: of the free ones that are wanted, the first by (stage, cost, id).
///
/// Longest first keeps the last worker's end within a third of the best possible, and close to it where there
/// are many jobs a worker (Graham 1969, "Bounds on multiprocessing timing anomalies").
class Dealer {
public:
    /// Replaces what is wanted.
    void want(std::vector<Job> jobs);
    bool wants(const std::string& job) const { return names_.contains(job); }

    /// @return nothing if no wanted job is free; the caller claims it, so that it is not free at the next call
    /// Cost: over a whole study, one look at each job, and one at all for each job that became free again.
    std::optional<std::string> next(const LedgerState& state);

    /// Whether every wanted job is done or set aside.
    bool is_finished(const LedgerState& state) const;
    const std::vector<Job>& wanted() const noexcept { return jobs_; }

private:
    std::vector<Job> jobs_;  ///< in the order in which they go
    std::unordered_set<std::string> names_;
    std::size_t first_ = 0;          ///< those before are not free, as of seen_returns_
    std::int64_t seen_returns_ = 0;  ///< of the ledger state
};

}  // namespace sslslr
