#pragma once

#include <functional>
#include <memory>
#include <string>

#include "launch/command.hpp"
#include "src/jobs/work.hpp"
#include "src/settings/options.hpp"

namespace sslslr {

/// What every command that takes jobs from a ledger can be told.
struct WorkerOptions {
    double lease_seconds = 60;
    std::int64_t max_jobs = 0;
    std::string retry;
};

void declare(Options& options, WorkerOptions& fields);
/// @throws ConfigError  names the option
void check(const WorkerOptions& fields);

/// A worker's hold on a study on the first rank of each group, null on the others. Collective over all ranks.
/// @throws dist::AgreedError  the ledger cannot be written
std::unique_ptr<Ledger> join_ledger(const std::filesystem::path& folder, const WorkerOptions& fields,
                                    io::Durability durability, bool is_leader, const Ranks& ranks);

/// How a worker goes about it: stops on a signal or before Slurm's time limit, tells of each accepted result.
/// @param describe  a result for the terminal: "fixed k1=8 k2=0 repeat=2: accuracy 0.6821"
/// @param ledger    of the first rank, the only one that tells; must outlive the work
WorkOptions work_options(const WorkerOptions& fields, const Ledger* ledger,
                         const std::function<std::string(const std::string& job, const Result&)>& describe);

/// What all workers of one mpirun did. Collective.
struct WorkTotals {
    double busy_rank_seconds = 0;
    std::int64_t accepted = 0;
    bool was_stopped = false;

    WorkTotals(const WorkReport& mine, bool is_leader, const dist::Communicator& world);
};

/// What a worker's command ends with: exit_stopped, exit_training with a warning if jobs are set aside, else
/// exit_done. Collective.
/// @param ledger   of the first rank; others may lack one
/// @param counts   whether this command was to do the job; the ledger may know others
/// @param command  "study" or "boundary", whose status names such jobs
int exit_code_of_work(const WorkTotals& totals, Ledger* ledger,
                      const std::function<bool(const std::string& job)>& counts, const std::string& command,
                      const Ranks& ranks);

}  // namespace sslslr
