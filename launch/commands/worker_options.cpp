#include "launch/commands/worker_options.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include "launch/terminal.hpp"
#include "src/errors.hpp"
#include "src/run/stop_request.hpp"

namespace sslslr {

void declare(Options& options, WorkerOptions& o) {
    options.add("lease-seconds", o.lease_seconds,
                "a worker that shows no sign of life for so long loses its job to another; the same for all");
    options.add("max-jobs", o.max_jobs, "leaves after so many jobs (0: no limit)");
    options.add("retry", o.retry, "failed: tries the jobs again that were set aside");
}

void check(const WorkerOptions& o) {
    if (o.lease_seconds < 1) {
        throw ConfigError{fmt::format("--lease-seconds {}: expected 1 or more", o.lease_seconds)};
    }
    if (o.max_jobs < 0) {
        throw ConfigError{fmt::format("--max-jobs {}: expected 0 or more", o.max_jobs)};
    }
    if (!o.retry.empty() && o.retry != "failed") {
        throw ConfigError{fmt::format("--retry {}: expected failed", o.retry)};
    }
}

std::unique_ptr<Ledger> join_ledger(const std::filesystem::path& folder, const WorkerOptions& fields,
                                    io::Durability durability, bool is_leader, const Ranks& ranks) {
    std::unique_ptr<Ledger> ledger;
    agree(ranks.world, [&] {
        if (!is_leader) {
            return;
        }
        ledger = std::make_unique<Ledger>(
            folder, LedgerConfig{.lease_seconds = fields.lease_seconds, .durability = durability});
        if (const auto count = fields.retry.empty() ? 0 : ledger->retry_failed(); count > 0) {
            fmt::print("{} jobs that were set aside are tried again\n", count);
        }
    });
    return ledger;
}

int exit_code_of_work(const WorkTotals& totals, Ledger* ledger,
                      const std::function<bool(const std::string& job)>& counts, const std::string& command,
                      const Ranks& ranks) {
    std::vector<std::int64_t> set_aside{0};
    agree(ranks.world, [&] {
        if (ranks.is_first()) {
            ledger->refresh();
            set_aside[0] = std::ranges::count_if(ledger->state().set_aside(), counts);
        }
    });
    ranks.world.all_reduce_sum(set_aside);
    if (set_aside[0] > 0 && ranks.is_first()) {
        print_warning(
            fmt::format("jobs set aside after failing again and again: {}. `sslslr {} status` names them and "
                        "their errors; fix the cause, then run the same command with --retry failed",
                        set_aside[0], command));
    }
    return totals.was_stopped ? exit_stopped : set_aside[0] > 0 ? exit_training : exit_done;
}

WorkOptions work_options(const WorkerOptions& fields, const Ledger* ledger,
                         const std::function<std::string(const std::string& job, const Result&)>& describe) {
    set_time_limit("");
    WorkOptions options{.max_jobs = fields.max_jobs, .stop_requested = stop_requested};
    options.on_accepted = [ledger, describe](const std::string& job, const Result& result) {
        fmt::print("worker {}: {} in {:.1f} s\n", ledger->worker(), describe(job, result), result.seconds);
        std::fflush(stdout);
    };
    options.tell = [ledger](const std::string& text) {
        print_warning(fmt::format("worker {}: {}", ledger->worker(), text));
    };
    return options;
}

WorkTotals::WorkTotals(const WorkReport& mine, bool is_leader, const dist::Communicator& world) {
    std::vector<double> sums{mine.busy_seconds, is_leader ? static_cast<double>(mine.accepted) : 0,
                             mine.was_stopped ? 1.0 : 0.0};
    world.all_reduce_sum(sums);
    busy_rank_seconds = sums[0];
    accepted = static_cast<std::int64_t>(sums[1]);
    was_stopped = sums[2] > 0;
}

}  // namespace sslslr
