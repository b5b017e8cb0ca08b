#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "src/boundary/search.hpp"
#include "src/boundary/trial_runner.hpp"
#include "src/jobs/job_plan.hpp"
#include "src/jobs/work.hpp"

namespace sslslr {

/// The jobs of a boundary search: maps trials to jobs and lists those that are needed next.
class SearchJobs : public JobPlan {
public:
    static constexpr double random_cost = 0.1;  ///< of a trial without training, relative to one with

    /// @param identity  everything except the trial that decides a result, as text
    /// @param compares  whether to also train the boundaries without a search, and the answer on both sides
    ///                  at once
    SearchJobs(const SearchConfig& search, const std::string& identity, bool compares);

    std::string id_of(const Trial& trial) const;
    /// Returns the trial of a job. @throws ConfigError  the search has no such job
    const Trial& trial_of(const std::string& id) const;

    bool has(const std::string& id) const override { return trials_.contains(id); }
    std::string name_of(const std::string& id) const override;

    const SearchConfig& search() const noexcept { return search_; }
    /// Returns the lookup of trials in a ledger's state. This and `state` must outlive it.
    Lookup lookup(const LedgerState& state) const;
    bool searches(Side side) const;
    /// Searches a side on the results so far. The answer for a side that is not searched is 0.
    SideSearch search(Side side, const LedgerState& state) const;
    /// Returns the missing trials that the answer and its comparisons need.
    std::vector<Job> wanted(const LedgerState& state) const override;
    /// Returns an upper bound on the number of jobs.
    std::int64_t most_jobs() const;

private:
    void add(const Trial& trial);

    SearchConfig search_;
    std::string identity_;
    bool compares_;
    std::unordered_map<std::string, Trial> trials_;
};

/// Runs the jobs of a boundary search on one group of ranks.
class SearchWork : public JobSource {
public:
    /// Everything passed by reference, also inside `setting`, must outlive this.
    SearchWork(const SearchJobs& jobs, const TrialSetting& setting, dist::Group& group)
        : jobs_{jobs}, setting_{setting}, group_{group} {}

    std::vector<Job> wanted(const LedgerState& state) override { return jobs_.wanted(state); }
    /// Runs a trial. The outcome holds "accuracy", "loss" and "spread". The detail holds "trial", "correct"
    /// (the clips' bits as hexadecimal digits) and, where the trial makes an estimate, "estimate": "k1",
    /// "k2", "clips_k1", "clips_k2".
    std::optional<Result> run(const Claim& claim, const std::function<bool()>& should_stop) override;

private:
    const SearchJobs& jobs_;
    TrialSetting setting_;
    dist::Group& group_;
};

/// Converts bits to hexadecimal digits and back: four bits per digit, the first bit highest.
/// @throws ConfigError  the number of digits does not fit `count` bits
std::string hex_of_bits(const std::vector<bool>& bits);
std::vector<bool> bits_of_hex(const std::string& digits, std::size_t count);

}  // namespace sslslr
