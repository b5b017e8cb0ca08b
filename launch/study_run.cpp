#include <chrono>
#include <optional>

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include "launch/stop_signal.hpp"
#include "launch/study.hpp"
#include "launch/study_file.hpp"
#include "launch/study_folder.hpp"
#include "launch/study_work.hpp"
#include "launch/terminal.hpp"
#include "src/errors.hpp"
#include "src/jobs/ledger.hpp"

namespace sslslr {
namespace {

constexpr const char* run_usage =
    "usage: [mpirun -n N | srun --mpi=pmix] sslslr study run --study FILE [OPTIONS]\n\n"
    "Takes jobs of a study until none is left: trainings, and evaluations of those that are done. Any number "
    "of these\n"
    "may work on one study, on any nodes that share its folder, started and killed at any time. Ends with 75 "
    "when\n"
    "SIGTERM or SIGUSR1 asked it to; a training that was cut short goes on from its last checkpoint.";

struct RunFields {
    StudyPlaces places;
    std::string memory_limit = "half";
    double lease_seconds = 60;
    std::int64_t max_jobs = 0;
    std::string retry;
    std::int64_t threads = 1;
};

void declare(Options& options, RunFields& o) {
    declare(options, o.places);
    options.add("memory-limit", o.memory_limit, memory_limit_help);
    options.add("lease-seconds", o.lease_seconds,
                "a worker that shows no sign of life for so long loses its job to another; the same for all");
    options.add("max-jobs", o.max_jobs, "leaves after so many jobs (0: no limit)");
    options.add("retry", o.retry, "failed: tries the jobs again that were set aside");
    options.add("threads", o.threads, "threads of each rank");
}

void check(const RunFields& o, const StudySpec& spec, const Ranks& ranks) {
    if (o.lease_seconds < 1 || o.max_jobs < 0 || o.threads < 1) {
        throw ConfigError{"--lease-seconds and --threads must be 1 or more, --max-jobs 0 or more"};
    }
    if (!o.retry.empty() && o.retry != "failed") {
        throw ConfigError{fmt::format("--retry {}: expected failed", o.retry)};
    }
    if (ranks.world.size() % spec.ranks_per_job != 0) {
        throw ConfigError{
            fmt::format("{} ranks: the study has ranks-per-job = {}, so start a multiple of that",
                        ranks.world.size(), spec.ranks_per_job)};
    }
}

std::string summary_of(const nlohmann::json& outcome) {
    if (outcome.contains("top1")) {
        return fmt::format("top-1 {:.4f}", outcome["top1"].get<double>());
    }
    return outcome.contains("loss") ? fmt::format("loss {:.4g}", outcome["loss"].get<double>())
                                    : fmt::format("inertia {:.4g}", outcome["inertia"].get<double>());
}

WorkOptions options_of_work(const RunFields& fields, const StudyJobs& jobs,
                            const std::optional<Ledger>& ledger) {
    WorkOptions options{.max_jobs = fields.max_jobs, .stop_requested = stop_signal_arrived};
    options.on_accepted = [&](const std::string& job, const Result& result) {
        fmt::print("worker {}: {}: {} in {:.1f} s\n", ledger->worker(), jobs.name_of(job),
                   summary_of(result.outcome), result.seconds);
        std::fflush(stdout);
    };
    options.tell = [&](const std::string& text) {
        fmt::print(stderr, "sslslr: warning: worker {}: {}\n", ledger->worker(), text);
    };
    return options;
}

}  // namespace

int study_run(Arguments arguments, const Ranks& ranks) {
    RunFields fields;
    Options options{run_usage};
    declare(options, fields);
    if (!read_or_help(options, arguments, ranks)) {
        return exit_done;
    }
    const auto text = study_text(fields.places.study);
    const auto spec = parse_study(text, fields.places.study);
    check(fields, spec, ranks);
    at::set_num_threads(static_cast<int>(fields.threads));
    const auto folder = fields.places.results();
    const StudyDataSets data{spec, fields.memory_limit, ranks};
    const auto plan = plan_experiments(spec, data.facts(), identities_of_jobs());

    const auto group_ranks = static_cast<int>(spec.ranks_per_job);
    dist::Group group{ranks.world.split(ranks.world.rank() / group_ranks), dist::default_device(ranks.node)};
    const bool is_leader = group.rank() == 0;
    const StudyJobs jobs{plan};
    std::optional<Ledger> ledger;
    agree(ranks.world, [&] {
        if (ranks.is_first()) {
            write_stored_study(folder, text, plan);
            fmt::print("{}: {} trainings and {} evaluations -> {}\n", spec.title, plan.pretrainings.size(),
                       plan.evaluations.size(), folder.string());
        }
        if (is_leader) {
            ledger.emplace(folder, LedgerConfig{.lease_seconds = fields.lease_seconds});
            if (const auto count = fields.retry.empty() ? 0 : ledger->retry_failed(); count > 0) {
                fmt::print("{} jobs that were set aside are tried again\n", count);
            }
        }
    });
    catch_stop_signals();
    StudyWork source{jobs, data, folder, group};
    const auto start = std::chrono::steady_clock::now();
    const auto report = work(ledger ? &*ledger : nullptr, source, group.communicator(),
                             options_of_work(fields, jobs, ledger));

    ranks.world.barrier();
    std::vector<std::int64_t> totals{is_leader ? report.accepted : 0, report.was_stopped ? 1 : 0};
    ranks.world.all_reduce_sum(totals);
    const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (ranks.is_first()) {
        fmt::print("{} jobs done here in {}{}\n", totals[0], clock_text(wall),
                   totals[1] > 0 ? "; stopped on request, the same command goes on" : "");
    }
    return totals[1] > 0 ? exit_stopped : exit_done;
}

}  // namespace sslslr
