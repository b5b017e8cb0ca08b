#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "io/file/journal.hpp"
#include "io/file/posix_file.hpp"
#include "src/jobs/ledger_files.hpp"

namespace sslslr {

/// A worker's right to run a job, which lasts as long as the worker shows that it is alive.
struct Claim {
    std::string job;
    std::int64_t attempt = 0;
};

/// The result of a job. Outcome and detail must depend only on the job.
struct Result {
    nlohmann::json outcome;  ///< small: every worker reads it
    nlohmann::json detail;   ///< any size; stays in the worker's journal
    double seconds = 0;      ///< wall time of the job
};

struct LedgerConfig {
    double lease_seconds = 60;  ///< a worker that shows no sign of life for this long loses its claims
    io::Durability durability = io::Durability::on_disk;  ///< of claims and results
    LedgerLimits limits{};
};

/// One worker's access to a ledger: the claims and results of a study, which any number of workers share only
/// through files.
///
/// - A claim is a line that is appended under the lock of the claims log, so a job has one holder at a time.
/// - A result is first written to the worker's own journal and then announced in the claims log. It is
///   accepted if its attempt is still the newest. So a job never has two accepted results, and a finished job
///   is not run again: before the job of a dead worker is given to another, the dead worker's journal is
///   searched for its result.
/// - A worker is dead when the lock on its journal is free (its process is gone), or when its heartbeat has
///   not changed for lease_seconds by the observer's own steady clock. Clocks of different nodes are never
///   compared.
/// - The journal of a dead worker is taken over by the next worker that joins.
///
/// Use it from one thread only; it runs a second thread that shows the signs of life.
/// @throws DataError  (all members) the folder cannot be written, is full, or has no locks. Nothing is lost:
///                    a record that could not be appended as a whole is cut off again
class Ledger {
public:
    /// Joins the study: takes over a journal that no process holds, or begins one, and announces results that
    /// dead workers journalled but did not announce.
    Ledger(std::filesystem::path folder, const LedgerConfig& config);
    ~Ledger();
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;

    std::int64_t worker() const noexcept { return worker_; }
    const LedgerState& state() const noexcept { return files_.state(); }
    /// Reads what other workers have appended to the claims log.
    void refresh() { files_.refresh(); }

    /// Claims the job that `choose` names. `choose` sees the newest state, under the lock, and may name none.
    /// Jobs of dead workers are given back first, at most once in a tenth of a lease (0.05 to 5 s).
    std::optional<Claim> claim(const std::function<std::optional<std::string>(const LedgerState&)>& choose);
    /// Whether a claim still stands, as of the last refresh().
    bool holds(const Claim& claim) const;

    /// Journals and announces a result.
    /// @return whether it was accepted; it is not if another worker has claimed the job meanwhile
    bool finish(const Claim& claim, const Result& result);
    /// Gives a job back after an error.
    void fail(const Claim& claim, const std::string& error);
    /// Gives a job back unfinished.
    void release(const Claim& claim);
    /// Gives back a job that is no longer needed. @param seconds  spent on it
    void cancel(const Claim& claim, double seconds);
    /// Frees all jobs that were set aside, so that they are tried again. @return how many there were
    std::int64_t retry_failed();
    /// Records how this worker has spent its time; call it last.
    void leave(double busy_seconds, double alive_seconds);

private:
    using Clock = std::chrono::steady_clock;
    using Records = std::vector<nlohmann::json>;
    struct Sighting {
        std::uint64_t beat;
        Clock::time_point first;
    };

    /// Runs `body` on the newest state under the lock of the claims log, and appends what it returns.
    void under_lock(const std::function<Records()>& body);
    void join();
    Records lost_claims();
    bool is_dead(const JobState& job);
    bool heartbeat_stopped(std::int64_t worker);
    void show_life(const std::stop_token& stop);

    LedgerFiles files_;
    LedgerConfig config_;
    std::string cpu_;  ///< the processor's type
    std::int64_t worker_ = 0;
    std::int64_t life_ = 0;
    std::optional<io::PosixFile> journal_;  ///< locked as long as this object lives
    io::PosixFile heartbeats_;
    std::map<std::int64_t, Sighting> sightings_;
    Clock::time_point last_watch_{};
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::jthread pulse_;  ///< declared last, so that it ends first
};

/// A 64-bit hash of outcome and detail, as 16 hexadecimal digits.
std::string digest_of(const Result& result);

}  // namespace sslslr
