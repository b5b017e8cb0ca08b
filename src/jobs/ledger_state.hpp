#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include <nlohmann/json.hpp>

namespace sslslr {

enum class JobStatus { free, running, done, set_aside };

/// What the claims log says of one job.
struct JobState {
    JobStatus status = JobStatus::free;
    std::int64_t attempt = 0;   ///< the newest one, counted from 1; 0: never claimed
    std::int64_t worker = 0;    ///< that made the newest attempt
    std::int64_t life = 0;      ///< which life of that worker
    std::int64_t failures = 0;  ///< attempts that ended with an error
    std::int64_t losses = 0;    ///< attempts whose worker vanished
    std::string error;          ///< of the last failure, or that the worker vanished too often
    nlohmann::json outcome = nlohmann::json::object();  ///< of the accepted attempt
    std::string digest;                                 ///< of outcome and detail of the accepted attempt
    std::string cpu;                                    ///< type of processor that computed it
    double seconds = 0;                                 ///< wall time of the accepted attempt
};

/// How often things may go wrong with one job before it is set aside.
struct LedgerLimits {
    std::int64_t failures = 3;
    std::int64_t losses = 10;  ///< more, because a worker's death is seldom the job's fault
};

/// The stay of one process in a study.
struct Life {
    std::int64_t number = 0;  ///< counted from 1 for each journal
    std::string host;
    std::int64_t pid = 0;
    double busy_seconds = 0;   ///< spent on jobs; known once it has left
    double alive_seconds = 0;  ///< known once it has left
    bool left = false;
};

/// Counts of attempts without an accepted result, and of results that were recovered or came twice.
struct LedgerCounts {
    std::int64_t failed = 0;
    std::int64_t lost = 0;
    std::int64_t released = 0;     ///< given back by workers that were asked to stop
    std::int64_t cancelled = 0;    ///< stopped because the study no longer needed them
    double cancelled_seconds = 0;  ///< spent on cancelled attempts
    std::int64_t recovered = 0;    ///< results that another process found in a journal and announced
    std::int64_t late = 0;         ///< not accepted, because the job had been given to another worker
    std::int64_t differing = 0;    ///< late results that differ from the accepted one on the same type of CPU
    std::int64_t accepted_twice = 0;  ///< always 0 unless the log has been tampered with
};

/// The state of a study's jobs: the records of the claims log, applied in their order. Knows jobs only by
/// name.
///
/// Records: {"what": ..., "job": ..., "attempt": ...} with what =
///     claim      by "worker" in its "life"
///     done       with "worker", "outcome", "digest", "cpu", "seconds"; "recovered" if found in a journal
///     failed     with "error"
///     lost       the worker vanished
///     released   the worker was asked to stop
///     cancelled  no longer needed, after "seconds"
///     late       a result of an attempt that is no longer the newest, with "digest" and "cpu"
///     retry      failures and losses count from 0 again
/// and {"what": "life", "worker", "life", "host", "pid"},
///     {"what": "left", "worker", "life", "busy", "alive"}.
class LedgerState {
public:
    explicit LedgerState(LedgerLimits limits = {}) : limits_{limits} {}

    void apply(const nlohmann::json& record);

    const JobState& of(const std::string& job) const;
    const std::unordered_map<std::string, JobState>& jobs() const noexcept { return jobs_; }
    /// Returns the jobs that are not tried again, sorted.
    std::vector<std::string> set_aside() const;
    /// Whether a result of this attempt would be accepted, as the first result of the newest attempt is.
    bool accepts(const std::string& job, std::int64_t attempt) const;

    /// The newest life of each worker.
    const std::map<std::int64_t, Life>& workers() const noexcept { return workers_; }
    const LedgerCounts& counts() const noexcept { return counts_; }
    /// Sums over all lives that have left.
    double busy_seconds() const noexcept { return busy_seconds_; }
    double alive_seconds() const noexcept { return alive_seconds_; }

    /// Return how often a result was accepted and how often a job was given back. The wanted jobs may change
    /// only when one of these does.
    std::int64_t results() const noexcept { return results_; }
    std::int64_t returns() const noexcept { return returns_; }

private:
    void finish(JobState& job, const nlohmann::json& record);
    void give_back(JobState& job);
    void apply_to_worker(const std::string& what, const nlohmann::json& record);

    LedgerLimits limits_;
    std::unordered_map<std::string, JobState> jobs_;
    std::map<std::int64_t, Life> workers_;
    LedgerCounts counts_;
    double busy_seconds_ = 0;
    double alive_seconds_ = 0;
    std::int64_t results_ = 0;
    std::int64_t returns_ = 0;
};

}  // namespace sslslr
