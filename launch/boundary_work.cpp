#include <chrono>
#include <optional>

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include "launch/boundary.hpp"
#include "launch/boundary_study.hpp"
#include "launch/stop_signal.hpp"
#include "launch/terminal.hpp"
#include "src/errors.hpp"
#include "src/jobs/ledger.hpp"

namespace sslslr {
namespace {

constexpr const char* work_usage =
    "usage: [mpirun -n N | srun --mpi=pmix] sslslr boundary work --study FOLDER [OPTIONS]\n\n"
    "Takes jobs of a planned study until none is left. Any number of these may work on one study, on any "
    "nodes\n"
    "that share its folder, started and killed at any time: by mpirun (a worker for each --ranks-per-job "
    "ranks),\n"
    "as tasks of a Slurm array or of HyperQueue, or by hand. Ends with 75 when SIGTERM or SIGUSR1 asked it "
    "to.";

struct WorkFields {
    std::string study;
    double lease_seconds = 60;
    std::int64_t max_jobs = 0;
    double idle_seconds = -1;
    std::string retry;
    bool sync = true;
};

void declare(Options& options, WorkFields& o) {
    options.section("Options");
    options.add("study", o.study, "folder of the study");
    options.add("lease-seconds", o.lease_seconds,
                "a worker that shows no sign of life for so long loses its job to another; the same for all");
    options.add("max-jobs", o.max_jobs, "leaves after so many jobs (0: no limit)");
    options.add("idle-seconds", o.idle_seconds,
                "leaves after so long without a job to take, while others still work (-1: waits for them)");
    options.add("retry", o.retry, "failed: tries the jobs again that were set aside");
    options.add("sync", o.sync,
                "waits until each result is on the disk; false: survives the process, not the machine");
}

void check(const WorkFields& o, const PlannedStudy& study, const Ranks& ranks) {
    if (o.lease_seconds < 1) {
        throw ConfigError{fmt::format("--lease-seconds {}: expected 1 or more", o.lease_seconds)};
    }
    if (o.max_jobs < 0) {
        throw ConfigError{fmt::format("--max-jobs {}: expected 0 or more", o.max_jobs)};
    }
    if (!o.retry.empty() && o.retry != "failed") {
        throw ConfigError{fmt::format("--retry {}: expected failed", o.retry)};
    }
    if (ranks.world.size() % study.plan.ranks_per_job != 0) {
        throw ConfigError{fmt::format(
            "{} ranks: the study was planned with --ranks-per-job {}, so start a multiple of that",
            ranks.world.size(), study.plan.ranks_per_job)};
    }
}

/// A study planned with other data has other results.
void check_data(const StudyPlan& planned, const StudyPlan& found) {
    if (planned.data_fingerprint != found.data_fingerprint) {
        throw ConfigError{fmt::format(
            "--study: the data have changed since the study was planned (fingerprint {}, then {}): put them "
            "back, or plan a new study",
            found.data_fingerprint, planned.data_fingerprint)};
    }
    if (planned.identity != found.identity) {
        throw ConfigError{fmt::format("--study: plan.ini has been changed since the study was planned ({})",
                                      first_difference(planned.identity, found.identity))};
    }
}

/// Sums over all ranks, for the last line. Collective.
struct Totals {
    double busy_rank_seconds = 0;
    std::int64_t accepted = 0;
    bool was_stopped = false;

    Totals(const WorkReport& mine, bool is_leader, const dist::Communicator& world) {
        std::vector<double> sums{mine.busy_seconds, is_leader ? static_cast<double>(mine.accepted) : 0,
                                 mine.was_stopped ? 1.0 : 0.0};
        world.all_reduce_sum(sums);
        busy_rank_seconds = sums[0];
        accepted = static_cast<std::int64_t>(sums[1]);
        was_stopped = sums[2] > 0;
    }
};

WorkOptions work_options(const WorkFields& fields, const BoundaryJobs& jobs,
                         const std::optional<Ledger>& ledger) {
    WorkOptions options{.max_jobs = fields.max_jobs, .stop_requested = stop_signal_arrived};
    if (fields.idle_seconds >= 0) {
        options.idle_seconds = fields.idle_seconds;
    }
    options.on_accepted = [&](const std::string& job, const Result& result) {
        fmt::print("worker {}: {}: accuracy {:.4f} in {:.1f} s\n", ledger->worker(),
                   text_of(jobs.trial_of(job)), result.outcome["accuracy"].get<double>(), result.seconds);
        std::fflush(stdout);
    };
    options.tell = [&](const std::string& text) {
        fmt::print(stderr, "sslslr: warning: worker {}: {}\n", ledger->worker(), text);
    };
    return options;
}

}  // namespace

int boundary_work(Arguments arguments, const Ranks& ranks) {
    WorkFields fields;
    Options options{work_usage};
    declare(options, fields);
    if (!read_or_help(options, arguments, ranks)) {
        return exit_done;
    }
    auto study = read_study(fields.study);
    check(fields, study, ranks);
    at::set_num_threads(static_cast<int>(study.options.training.threads));
    const StudyData data{study.options, ranks};
    Options planned{""};
    declare(planned, study.options);
    check_data(study.plan, data.plan(planned));

    const auto group_ranks = static_cast<int>(study.plan.ranks_per_job);
    dist::Group group{ranks.world.split(ranks.world.rank() / group_ranks), dist::default_device(ranks.node)};
    const bool is_leader = group.rank() == 0;
    const auto jobs = study.jobs();
    std::optional<Ledger> ledger;
    agree(ranks.world, [&] {
        if (is_leader) {
            ledger.emplace(fields.study, LedgerConfig{.lease_seconds = fields.lease_seconds,
                                                      .results = fields.sync ? io::Durability::on_disk
                                                                             : io::Durability::handed_over});
            if (const auto count = fields.retry.empty() ? 0 : ledger->retry_failed(); count > 0) {
                fmt::print("{} jobs that were set aside are tried again\n", count);
            }
        }
    });
    catch_stop_signals();
    BoundaryWork source{jobs, data.setting(), group};
    const auto start = std::chrono::steady_clock::now();
    const auto report =
        work(ledger ? &*ledger : nullptr, source, group.communicator(), work_options(fields, jobs, ledger));

    ranks.world.barrier();
    const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const Totals totals{report, is_leader, ranks.world};
    if (ranks.is_first()) {
        fmt::print("{} jobs done here in {}: {} ranks busy for {:.1f} % of the time{}\n", totals.accepted,
                   clock_text(wall), ranks.world.size(),
                   100 * totals.busy_rank_seconds / (wall * ranks.world.size()),
                   totals.was_stopped ? "; stopped on request, the same command goes on" : "");
    }
    return totals.was_stopped ? exit_stopped : exit_done;
}

}  // namespace sslslr
