#include <chrono>

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include "launch/commands/boundary.hpp"
#include "launch/commands/worker_options.hpp"
#include "launch/standard_output.hpp"
#include "launch/terminal.hpp"
#include "src/boundary/boundary_study.hpp"
#include "src/errors.hpp"
#include "src/run/stop_request.hpp"
#include "src/settings/program.hpp"

namespace sslslr {
namespace {

constexpr const char* work_usage =
    "usage: [mpirun -n N | srun --mpi=pmix] sslslr boundary work --study FOLDER [OPTIONS]\n\n"
    "Takes jobs of a planned study until none is left. Any number of these may work on one study, on any "
    "nodes\n"
    "that share its folder, started and killed at any time: by mpirun (a worker for each --ranks-per-job "
    "ranks),\n"
    "as tasks of a Slurm array or of HyperQueue, or by hand. Ends with 75 when Ctrl-C, SIGTERM,\n"
    "SIGHUP or SIGUSR1 asks it to.";

struct WorkFields {
    std::string study;
    WorkerOptions worker;
    double idle_seconds = -1;
    bool sync = true;
};

void declare(Options& options, WorkFields& o) {
    options.section("Options");
    options.add("study", o.study, "folder of the study");
    declare(options, o.worker);
    options.add("idle-seconds", o.idle_seconds,
                "leaves after so long without a job to take, while others still work (-1: waits for them)");
    options.add(
        "sync", o.sync,
        "waits until each claim and result is on the disk; false: survives the process, not the machine");
}

void check(const WorkFields& o, const PlannedStudy& study, const Ranks& ranks) {
    check(o.worker);
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

}  // namespace

int boundary_work(Arguments arguments, const Ranks& ranks) {
    WorkFields fields;
    Options options{work_usage};
    declare(options, fields);
    if (!read_or_help(options, arguments, ranks)) {
        return exit_done;
    }
    auto study = read_study(fields.study);
    refuse_older_plan(fields.study, study.plan);
    joined_codes(study.plan.code, "the study in " + fields.study, /*accepts=*/false, print_warning,
                 "plan it again with");
    check(fields, study, ranks);
    at::set_num_threads(static_cast<int>(study.options.training.threads));
    const StudyData data{study.options, ranks, /*keeps_prints=*/false};
    Options planned{""};
    declare(planned, study.options);
    check_data(study.plan, data.plan(planned));

    const auto group_ranks = static_cast<int>(study.plan.ranks_per_job);
    dist::Group group{ranks.world.split(ranks.world.rank() / group_ranks), dist::default_device(ranks.node)};
    const bool is_leader = group.rank() == 0;
    const auto jobs = study.jobs();
    const auto ledger =
        join_ledger(fields.study, fields.worker,
                    fields.sync ? io::Durability::on_disk : io::Durability::handed_over, is_leader, ranks);
    catch_stop_signals();
    output_is_progress();
    BoundaryWork source{jobs, data.setting(), group};
    auto work_as =
        work_options(fields.worker, ledger.get(), [&](const std::string& job, const Result& result) {
            return fmt::format("{}: accuracy {:.4f}", text_of(jobs.trial_of(job)),
                               result.outcome["accuracy"].get<double>());
        });
    if (fields.idle_seconds >= 0) {
        work_as.idle_seconds = fields.idle_seconds;
    }
    const auto start = std::chrono::steady_clock::now();
    const auto report = work(ledger.get(), source, group.communicator(), work_as);

    ranks.world.barrier();
    const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const WorkTotals totals{report, is_leader, ranks.world};
    const auto cause = common_stop_cause(ranks.world.all_gather(stop_cause()));
    if (ranks.is_first()) {
        fmt::print("{} jobs done here in {}: {} ranks busy for {:.1f} % of the time{}\n", totals.accepted,
                   clock_text(wall), ranks.world.size(),
                   100 * totals.busy_rank_seconds / (wall * ranks.world.size()),
                   totals.was_stopped ? fmt::format("; stopped {}, the same command goes on", cause) : "");
    }
    return exit_code_of_work(
        totals, ledger.get(), [](const std::string&) { return true; }, "boundary", ranks);
}

}  // namespace sslslr
