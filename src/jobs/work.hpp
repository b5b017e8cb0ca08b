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

    /// Returns the jobs that are needed as far as is known now: a function only of the accepted results and
    /// of the jobs set aside. May include jobs that are done.
    virtual std::vector<Job> wanted(const LedgerState& state) = 0;

    /// Returns a number that changes whenever wanted() may; constant if all jobs are known from the start.
    virtual std::int64_t version(const LedgerState& state) const { return state.results() + state.returns(); }

    /// Runs one job. Collective over the group that work() was given.
    /// @param should_stop  to be called now and then on every rank; if it returns true on any, all ranks end
    ///                     the job
    /// @return nothing if the job was stopped
    virtual std::optional<Result> run(const Claim& claim, const std::function<bool()>& should_stop) = 0;
};

/// How a worker spent its time.
struct WorkReport {
    std::int64_t accepted = 0;   ///< results
    std::int64_t late = 0;       ///< results that came after the claim was lost
    std::int64_t failed = 0;     ///< attempts that ended with an error
    std::int64_t cancelled = 0;  ///< jobs stopped because they were no longer needed
    double busy_seconds = 0;     ///< on jobs, whether or not they gave a result
    double alive_seconds = 0;
    /// Asked to stop. Otherwise no job is left, or max_jobs or idle_seconds was reached.
    bool was_stopped = false;
};

struct WorkOptions {
    std::int64_t max_jobs = 0;  ///< 0: no limit
    /// The worker leaves after this long without a job to claim.
    double idle_seconds = std::numeric_limits<double>::infinity();
    std::function<bool()> stop_requested = [] { return false; };  ///< asked on every rank
    /// Called on the group's first rank after a result of this worker was accepted.
    std::function<void(const std::string& job, const Result&)> on_accepted = [](const std::string&,
                                                                                const Result&) {};
    std::function<void(const std::string& text)> tell = [](const std::string&) {
    };  ///< on the group's first rank
};

/// Runs jobs from the ledger, as one worker, until none is left. Collective over the group, which may be a
/// single rank. Groups need not know of each other.
///
/// An error of a job counts against the job, and the worker continues. An error that the ranks of a group do
/// not agree on is rethrown.
/// @param ledger  on the group's first rank; null on the others
/// @throws io::DataError  the ledger cannot be written
WorkReport work(Ledger* ledger, JobSource& source, const dist::Communicator& group,
                const WorkOptions& options);

}  // namespace sslslr
