#include <ATen/Parallel.h>
#include <fmt/format.h>

#include "launch/commands/boundary.hpp"
#include "launch/commands/worker.hpp"
#include "launch/terminal.hpp"
#include "src/boundary/planned_search.hpp"
#include "src/errors.hpp"
#include "src/settings/program.hpp"

namespace sslslr {
namespace {

constexpr const char* work_usage =
    "usage: [mpirun -n N | srun --mpi=pmix] sslslr boundary work --study FOLDER [OPTIONS]\n\n"
    "Runs jobs of a planned search until none is left. Any number of workers may share a search, on any\n"
    "nodes that share its folder, and be started or killed at any time: by mpirun (one worker per\n"
    "group of the plan's ranks-per-job), as tasks of a Slurm array or of HyperQueue, or by hand. Ctrl-C,\n"
    "SIGTERM, SIGHUP and SIGUSR1 stop it with exit code 75.";

struct WorkFields {
    std::string study;
    WorkerOptions worker;
    double idle_seconds = -1;
};

void declare(Options& options, WorkFields& o) {
    options.section("Options");
    options.add("study", o.study, "folder of the study");
    declare(options, o.worker);
    options.add(
        "idle-seconds", o.idle_seconds,
        "exits after this many seconds without an available job, while others still work (-1: waits)");
    options.removed("sync", "removed: each claim and result is always synced to the disk");
}

}  // namespace

int boundary_work(Arguments arguments, const Ranks& ranks) {
    WorkFields fields;
    Options options{work_usage};
    declare(options, fields);
    if (!read_or_help(options, arguments, ranks)) {
        return exit_done;
    }
    auto study = read_search(fields.study);
    refuse_older_plan(search_folder(fields.study), study.plan.code);
    joined_codes(study.plan.code, "the study in " + fields.study, /*accepts=*/false, print_warning,
                 "plan it again with");
    check(fields.worker, study.plan.ranks_per_job, ranks);
    at::set_num_threads(static_cast<int>(study.options.training.threads));
    const SearchData data{study.options, ranks, /*keeps_prints=*/false};
    Options planned{""};
    declare(planned, study.options);
    check_same(fields.study, study.plan, data.plan(planned));

    auto group = worker_group(study.plan.ranks_per_job, ranks);
    const auto jobs = study.jobs();
    SearchWork source{jobs, data.setting(), group};
    WorkerTask task{.folder = fields.study,
                    .command = "boundary",
                    .plan = jobs,
                    .source = source,
                    .summary = [](const Result& result) {
                        return fmt::format("accuracy {:.4f}", result.outcome["accuracy"].get<double>());
                    }};
    if (fields.idle_seconds >= 0) {
        task.idle_seconds = fields.idle_seconds;
    }
    return work_on(task, fields.worker, group, ranks);
}

}  // namespace sslslr
