#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dist/communicator.hpp"
#include "src/jobs/dealer.hpp"
#include "src/jobs/ledger.hpp"

namespace sslslr {

/// Work that is cut into independent jobs.
class JobSource {
public:
    virtual ~JobSource() = default;

    /// The jobs that are needed as far as one can tell now: a function of the accepted results and of the jobs
    /// set aside, nothing else. Jobs that are done may stay among them.
    virtual std::vector<Job> wanted(const LedgerState& state) = 0;

    /// Changes whenever wanted() may; constant for jobs that are all known from the start.
    virtual std::int64_t version(const LedgerState& state) const { return state.results() + state.returns(); }

    /// Does one job. Collective over the group that work() was given.
    /// @param should_stop  to be asked now and then on every rank; if it says so on any, all ranks end the job
    /// @return nothing if it was stopped
    virtual std::optional<Result> run(const Claim& claim, const std::function<bool()>& should_stop) = 0;
};

/// How a worker spent its time.
struct WorkReport {
    std::int64_t accepted = 0;   ///< results
    std::int64_t late = 0;       ///< results that came after the claim was lost
    std::int64_t failed = 0;     ///< attempts that ended with an error
    std::int64_t cancelled = 0;  ///< jobs stopped because they were not needed any longer
    double busy_seconds = 0;     ///< on jobs, whatever became of them
    double alive_seconds = 0;
    bool was_stopped =
        false;  ///< asked to end; else nothing is left to do, or --max-jobs or idle time are used up
};

struct WorkOptions {
    std::int64_t max_jobs = 0;  ///< 0: no limit
    double idle_seconds =
        std::numeric_limits<double>::infinity();  ///< without a job to claim, before it leaves
    std::function<bool()> stop_requested = [] { return false; };  ///< asked on every rank
    /// On the group's first rank, after a result of its was accepted.
    std::function<void(const std::string& job, const Result&)> on_accepted = [](const std::string&,
                                                                                const Result&) {};
    std::function<void(const std::string& text)> tell = [](const std::string&) {
    };  ///< on the group's first rank
};

/// Takes jobs from the ledger until none is left: one worker, made of one rank or a group of them.
/// Collective over the group; groups need not know of each other.
///
/// An error of a job counts against the job, and the worker goes on; an error that the ranks of a group do not
/// all throw alike is thrown on.
/// @param ledger  on the group's first rank; null on the others
/// @throws io::DataError  the ledger cannot be written
WorkReport work(Ledger* ledger, JobSource& source, const dist::Communicator& group,
                const WorkOptions& options);

}  // namespace sslslr
