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

/// A boundary search as jobs: which trial is which job, and which ones are needed next.
class SearchJobs : public JobPlan {
public:
    /// @param identity         everything beside the trial that decides a result, as text
    /// @param compares         also trains what needs no search, and the answer itself on both sides at once
    SearchJobs(const SearchConfig& search, const std::string& identity, bool compares);

    std::string id_of(const Trial& trial) const;
    /// @throws ConfigError  the study has no such job
    const Trial& trial_of(const std::string& id) const;

    bool has(const std::string& id) const override { return trials_.contains(id); }
    std::string name_of(const std::string& id) const override;

    const SearchConfig& search() const noexcept { return search_; }
    /// What a ledger says of the study's trials.
    Lookup lookup(const LedgerState& state) const;
    bool searches(Side side) const;
    /// Of a side that is not searched, the answer 0.
    SideSearch search(Side side, const LedgerState& state) const;
    /// Trials that are missing for the answer and for what it is compared with.
    std::vector<Job> wanted(const LedgerState& state) const override;
    /// The most jobs that the search can need.
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
    /// What is passed by reference, or referred to, must outlive this.
    SearchWork(const SearchJobs& jobs, const TrialSetting& setting, dist::Group& group)
        : jobs_{jobs}, setting_{setting}, group_{group} {}

    std::vector<Job> wanted(const LedgerState& state) override { return jobs_.wanted(state); }
    /// The outcome holds "accuracy", "loss" and "spread"; the detail "correct": hexadecimal digits of the
    /// clips' bits, and, of trials that need no search, "estimate": "k1", "k2", "clips_k1", "clips_k2".
    std::optional<Result> run(const Claim& claim, const std::function<bool()>& should_stop) override;

private:
    const SearchJobs& jobs_;
    TrialSetting setting_;
    dist::Group& group_;
};

/// Bits as hexadecimal digits, four a digit, the first one highest; and back.
/// @throws ConfigError  `count` bits do not fit the digits
std::string hex_of_bits(const std::vector<bool>& bits);
std::vector<bool> bits_of_hex(const std::string& digits, std::size_t count);

}  // namespace sslslr
