#include "launch/commands/worker.hpp"

#include <algorithm>
#include <chrono>
#include <memory>

#include <fmt/format.h>

#include "io/file/counted.hpp"
#include "launch/standard_output.hpp"
#include "launch/terminal.hpp"
#include "src/errors.hpp"
#include "src/run/stop_request.hpp"

namespace sslslr {
namespace {

using Clock = std::chrono::steady_clock;

/// Opens the ledger as a worker on the first rank of each group; returns null on the others. Collective over
/// all ranks.
std::unique_ptr<Ledger> join_ledger(const WorkerTask& task, const WorkerOptions& options, bool is_leader,
                                    const Ranks& ranks) {
    std::unique_ptr<Ledger> ledger;
    agree(ranks.world, [&] {
        if (!is_leader) {
            return;
        }
        ledger = std::make_unique<Ledger>(task.folder, LedgerConfig{.lease_seconds = options.lease_seconds});
        if (const auto count = options.retry.empty() ? 0 : ledger->retry_failed(); count > 0) {
            fmt::print("{} jobs that were set aside are tried again\n", count);
        }
    });
    return ledger;
}

/// @param ledger  of the first rank of a group, the only rank that prints; must outlive the work
WorkOptions work_options(const WorkerTask& task, const WorkerOptions& fields, const Ledger* ledger) {
    set_time_limit("");
    WorkOptions options{
        .max_jobs = fields.max_jobs, .idle_seconds = task.idle_seconds, .stop_requested = stop_requested};
    options.on_accepted = [&task, ledger](const std::string& job, const Result& result) {
        fmt::print("worker {}: {}: {} in {:.1f} s\n", ledger->worker(), task.plan.name_of(job),
                   task.summary(result), result.seconds);
        std::fflush(stdout);
    };
    options.tell = [ledger](const std::string& text) {
        print_warning(fmt::format("worker {}: {}", ledger->worker(), text));
    };
    return options;
}

/// Totals over all workers of one mpirun. Construction is collective.
struct WorkTotals {
    double busy_rank_seconds = 0;
    std::int64_t accepted = 0;
    bool was_stopped = false;

    WorkTotals(const WorkReport& mine, bool is_leader, const dist::Communicator& world) {
        std::vector<double> sums{mine.busy_seconds, is_leader ? static_cast<double>(mine.accepted) : 0,
                                 mine.was_stopped ? 1.0 : 0.0};
        world.all_reduce_sum(sums);
        busy_rank_seconds = sums[0];
        accepted = static_cast<std::int64_t>(sums[1]);
        was_stopped = sums[2] > 0;
    }
};

/// Counts the jobs of the plan that are set aside. Collective.
std::int64_t count_set_aside(const WorkerTask& task, Ledger* ledger, const Ranks& ranks) {
    std::vector<std::int64_t> count{0};
    agree(ranks.world, [&] {
        if (ranks.is_first()) {
            ledger->refresh();
            count[0] = std::ranges::count_if(ledger->state().set_aside(),
                                             [&](const auto& job) { return task.plan.has(job); });
        }
    });
    ranks.world.all_reduce_sum(count);
    return count[0];
}

}  // namespace

void declare(Options& options, WorkerOptions& o) {
    options.add(
        "lease-seconds", o.lease_seconds,
        "a worker without a sign of life for this long loses its job; must be the same for all workers");
    options.add("max-jobs", o.max_jobs, "exits after this many jobs (0: no limit)");
    options.add("retry", o.retry, "failed: retries the jobs that were set aside");
}

void check(const WorkerOptions& o, std::int64_t group_ranks, const Ranks& ranks) {
    if (o.lease_seconds < 1) {
        throw ConfigError{fmt::format("--lease-seconds {}: expected 1 or more", o.lease_seconds)};
    }
    if (o.max_jobs < 0) {
        throw ConfigError{fmt::format("--max-jobs {}: expected 0 or more", o.max_jobs)};
    }
    if (!o.retry.empty() && o.retry != "failed") {
        throw ConfigError{fmt::format("--retry {}: expected failed", o.retry)};
    }
    if (ranks.world.size() % group_ranks != 0) {
        throw ConfigError{fmt::format("{} ranks: expected a multiple of {}, the ranks-per-job of the plan",
                                      ranks.world.size(), group_ranks)};
    }
}

dist::Group worker_group(std::int64_t group_ranks, const Ranks& ranks) {
    return {ranks.world.split(ranks.world.rank() / static_cast<int>(group_ranks)),
            dist::default_device(ranks.node)};
}

int work_on(const WorkerTask& task, const WorkerOptions& options, dist::Group& group, const Ranks& ranks) {
    const bool is_leader = group.rank() == 0;
    const auto ledger = join_ledger(task, options, is_leader, ranks);
    catch_stop_signals();
    output_is_progress();
    const auto start = Clock::now();
    const auto report =
        work(ledger.get(), task.source, group.communicator(), work_options(task, options, ledger.get()));

    ranks.world.barrier();
    const double wall = std::chrono::duration<double>(Clock::now() - start).count();
    const WorkTotals totals{report, is_leader, ranks.world};
    const auto cause = common_stop_cause(ranks.world.all_gather(stop_cause()));
    if (ranks.is_first()) {
        fmt::print("{} done here in {}: {} busy for {:.1f} % of the time{}\n",
                   io::counted(totals.accepted, "job"), clock_text(wall),
                   io::counted(ranks.world.size(), "rank"),
                   100 * totals.busy_rank_seconds / (wall * ranks.world.size()),
                   totals.was_stopped ? fmt::format("; stopped {}, the same command continues", cause) : "");
    }
    const auto set_aside = count_set_aside(task, ledger.get(), ranks);
    if (set_aside > 0 && ranks.is_first()) {
        print_warning(
            fmt::format("jobs set aside after repeated failures: {}. `sslslr {} status` lists them and "
                        "their errors; fix the cause, then run the same command with --retry failed",
                        set_aside, task.command));
    }
    return totals.was_stopped ? exit_stopped : set_aside > 0 ? exit_training : exit_done;
}

}  // namespace sslslr
