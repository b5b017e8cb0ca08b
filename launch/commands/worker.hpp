#pragma once

#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "dist/group.hpp"
#include "launch/command.hpp"
#include "src/jobs/job_plan.hpp"
#include "src/jobs/work.hpp"
#include "src/settings/options.hpp"

namespace sslslr {

/// Options of all commands that take jobs from a ledger.
struct WorkerOptions {
    double lease_seconds = 60;
    std::int64_t max_jobs = 0;
    std::string retry;
};

/// Declares --lease-seconds, --max-jobs and --retry; `fields` must outlive `options`.
void declare(Options& options, WorkerOptions& fields);

/// @param group_ranks  number of ranks that work together on one job
/// @throws ConfigError  an option is not valid, or the number of ranks is not a multiple of `group_ranks`
void check(const WorkerOptions& fields, std::int64_t group_ranks, const Ranks& ranks);

/// Creates the group of `group_ranks` ranks that includes this one. Collective over all ranks.
dist::Group worker_group(std::int64_t group_ranks, const Ranks& ranks);

/// The work of one command.
struct WorkerTask {
    std::filesystem::path folder;  ///< of the ledger
    std::string command;           ///< "study" or "boundary", whose status command lists the jobs set aside
    const JobPlan& plan;
    JobSource& source;  ///< executes the plan's jobs
    /// Formats a result for the terminal: "accuracy 0.6821".
    std::function<std::string(const Result&)> summary;
    double idle_seconds = std::numeric_limits<double>::infinity();
};

/// Works on jobs until none are left, or until a signal or Slurm's time limit stops it. Prints each accepted
/// result and, at the end, their number. Collective over all ranks.
/// @return exit_stopped if it was stopped; exit_training, with a warning, if jobs of the plan are set aside;
///         otherwise exit_done
/// @throws dist::AgreedError  the ledger cannot be written
int work_on(const WorkerTask& task, const WorkerOptions& options, dist::Group& group, const Ranks& ranks);

}  // namespace sslslr
