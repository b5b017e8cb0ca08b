#include "src/jobs/work.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "io/file/data_error.hpp"
#include "io/file/setting.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Why the running job should stop.
enum class StopReason { none, requested, lost, not_needed };

class Worker {
public:
    Worker(Ledger* ledger, JobSource& source, const dist::Communicator& group, const WorkOptions& options)
        : ledger_{ledger}, source_{source}, group_{group}, options_{options} {}

    WorkReport work() {
        while (const auto claim = next_claim()) {
            do_job(*claim);
        }
        report_.alive_seconds = seconds_since(start_);
        if (ledger_ != nullptr) {
            ledger_->leave(report_.busy_seconds, report_.alive_seconds);
        }
        return report_;
    }

private:
    bool is_enough() const {
        const auto jobs = report_.accepted + report_.late + report_.failed + report_.cancelled;
        return options_.max_jobs > 0 && jobs >= options_.max_jobs;
    }

    /// Claims a job on the first rank and broadcasts it. @return nothing if the worker should leave
    std::optional<Claim> next_claim() {
        std::optional<Claim> claim;
        if (ledger_ != nullptr) {
            claim = wait_for_claim();
        }
        const auto message =
            group_.size() == 1
                ? ""
                : group_.broadcast(claim ? fmt::format("{} {}", claim->attempt, claim->job) : "");
        if (ledger_ == nullptr && !message.empty()) {
            const auto space = message.find(' ');
            claim = Claim{message.substr(space + 1), std::stoll(message.substr(0, space))};
        }
        return claim;
    }

    std::optional<Claim> wait_for_claim() {
        constexpr std::chrono::milliseconds longest_pause{500};
        const auto idle_since = Clock::now();
        for (std::chrono::milliseconds pause{10};; pause = std::min(2 * pause, longest_pause)) {
            report_.was_stopped = report_.was_stopped || options_.stop_requested();
            if (report_.was_stopped || is_enough()) {
                return std::nullopt;
            }
            const auto claim = ledger_->claim([&](const LedgerState& state) {
                renew(state);
                return dealer_.next(state);
            });
            if (claim || dealer_.is_finished(ledger_->state()) ||
                seconds_since(idle_since) >= options_.idle_seconds) {
                return claim;
            }
            std::this_thread::sleep_for(pause);  // results of other workers may bring new jobs
        }
    }

    /// Asks the source again if anything has changed.
    void renew(const LedgerState& state) {
        if (const auto version = source_.version(state); version != seen_version_) {
            seen_version_ = version;
            dealer_.want(source_.wanted(state));
        }
    }

    void do_job(const Claim& claim) {
        const auto start = Clock::now();
        reason_ = StopReason::none;
        checked_ = start;
        std::optional<Result> result;
        std::string error;
        try {
            result = source_.run(claim, [&] { return should_stop(claim); });
        } catch (const std::exception& thrown) {
            if (group_.size() > 1 && !is_agreed(thrown)) {
                throw;  // the other ranks may wait in a collective
            }
            error = io::as_entries(thrown.what());  // files, not options, set what jobs do
        }
        const double seconds = seconds_since(start);
        report_.busy_seconds += seconds;
        if (!error.empty()) {
            fail(claim, error);
        } else if (result) {
            result->seconds = seconds;
            finish(claim, *result);
        } else {
            give_back(claim, seconds);
        }
    }

    /// Whether the running job should stop, as far as this rank knows. Looks at the ledger now and then.
    bool should_stop(const Claim& claim) {
        if (reason_ == StopReason::none && options_.stop_requested()) {
            reason_ = StopReason::requested;
        }
        constexpr double interval_s = 0.5;
        if (ledger_ != nullptr && reason_ == StopReason::none && seconds_since(checked_) >= interval_s) {
            checked_ = Clock::now();
            look_at_ledger(claim);
        }
        return reason_ != StopReason::none;
    }

    void look_at_ledger(const Claim& claim) {
        try {
            ledger_->refresh();
        } catch (const io::DataError&) {
            return;  // a brief file system error is no reason to drop work; a lasting one fails at the claim
        }
        renew(ledger_->state());
        if (!ledger_->holds(claim)) {
            reason_ = StopReason::lost;
        } else if (!dealer_.wants(claim.job)) {
            reason_ = StopReason::not_needed;
        }
    }

    void fail(const Claim& claim, const std::string& error) {
        ++report_.failed;
        if (ledger_ != nullptr) {
            ledger_->fail(claim, error);
            options_.tell(fmt::format("job {}, attempt {}, failed: {}", claim.job, claim.attempt, error));
        }
    }

    void finish(const Claim& claim, const Result& result) {
        const bool is_accepted = ledger_ == nullptr || ledger_->finish(claim, result);
        ++(is_accepted ? report_.accepted : report_.late);
        if (is_accepted && ledger_ != nullptr) {
            options_.on_accepted(claim.job, result);
        }
        if (!is_accepted) {
            options_.tell(fmt::format("job {}: another worker has taken it over", claim.job));
        }
    }

    void give_back(const Claim& claim, double seconds) {
        std::vector<std::int64_t> requests{reason_ == StopReason::requested ? 1 : 0};
        group_.all_reduce_sum(requests);
        report_.was_stopped = requests[0] > 0;
        if (ledger_ == nullptr || reason_ == StopReason::lost) {
            return;
        }
        if (report_.was_stopped) {
            ledger_->release(claim);
        } else {
            ++report_.cancelled;
            ledger_->cancel(claim, seconds);
        }
    }

    Ledger* ledger_;
    JobSource& source_;
    const dist::Communicator& group_;
    const WorkOptions& options_;
    Dealer dealer_;
    WorkReport report_;
    Clock::time_point start_ = Clock::now();
    Clock::time_point checked_;
    StopReason reason_ = StopReason::none;  ///< of the running job, on this rank
    std::int64_t seen_version_ = -1;
};

}  // namespace

WorkReport work(Ledger* ledger, JobSource& source, const dist::Communicator& group,
                const WorkOptions& options) {
    return Worker{ledger, source, group, options}.work();
}

}  // namespace sslslr
