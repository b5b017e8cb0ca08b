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

/// A worker's right to run a job, as long as it shows that it lives.
struct Claim {
    std::string job;
    std::int64_t attempt = 0;
};

/// What a job comes to. Outcome and detail must be a function of the job alone.
struct Result {
    nlohmann::json outcome;  ///< small: every worker reads it
    nlohmann::json detail;   ///< any size; stays in the worker's journal
    double seconds = 0;      ///< that it took
};

struct LedgerConfig {
    double lease_seconds = 60;  ///< a worker that shows no sign of life for so long loses its claims
    io::Durability durability = io::Durability::on_disk;  ///< of claims and results
    LedgerLimits limits{};
};

/// A worker's hold on a study that any number of workers share by files alone: what is claimed, done and true.
///
/// - A claim is a line that is appended under the lock of the claims log, so a job has one holder at a time.
/// - A result goes to the worker's own journal first, synced, then is told in the claims log: it is accepted if
///   its attempt is still the newest. So every job has exactly one accepted result, and none that was finished
///   is run again: whoever finds a holder dead looks into its journal before giving the job on.
/// - A holder is dead when the lock on its journal is free (its process is gone), or when its heartbeat has not
///   changed for a lease, by the observer's own steady clock. Clocks of different nodes are never compared.
/// - A worker that dies leaves its journal to the next one that comes.
///
/// Belongs to one thread; a second one of its own shows the signs of life.
/// @throws DataError  everywhere: the folder cannot be written, is full, or has no locks. Nothing is lost: what
///                    could not be appended whole is cut off again
class Ledger {
public:
    /// Joins the study: takes over a journal that nobody holds, or begins one, and tells of results that dead
    /// workers could not tell.
    Ledger(std::filesystem::path folder, const LedgerConfig& config);
    ~Ledger();
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;

    std::int64_t worker() const noexcept { return worker_; }
    const LedgerState& state() const noexcept { return files_.state(); }
    /// Takes in what others wrote.
    void refresh() { files_.refresh(); }

    /// Claims the job that `choose` names, after giving back those of dead workers. `choose` sees the newest
    /// state, under the lock, and may name none.
    std::optional<Claim> claim(const std::function<std::optional<std::string>(const LedgerState&)>& choose);
    /// Whether a claim still stands, as of the last refresh().
    bool holds(const Claim& claim) const;

    /// @return whether the result was accepted: not if the claim was lost meanwhile
    bool finish(const Claim& claim, const Result& result);
    void fail(const Claim& claim, const std::string& error);
    /// Gives a job back unfinished.
    void release(const Claim& claim);
    /// Gives back a job that is not needed any longer, after so many seconds of work.
    void cancel(const Claim& claim, double seconds);
    /// Lets jobs that were set aside be tried again. @return how many there were
    std::int64_t retry_failed();
    /// Tells how this stay was spent; call last.
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
    std::optional<io::PosixFile> journal_;  ///< locked as long as this lives
    io::PosixFile heartbeats_;
    std::map<std::int64_t, Sighting> sightings_;
    Clock::time_point last_watch_{};
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::jthread pulse_;  ///< last: ends before the rest
};

/// A 64-bit hash of outcome and detail, as 16 hexadecimal digits.
std::string digest_of(const Result& result);

}  // namespace sslslr
