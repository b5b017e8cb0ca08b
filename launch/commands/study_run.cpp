#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include "io/file/file_pattern.hpp"
#include "launch/commands/study.hpp"
#include "launch/commands/worker.hpp"
#include "launch/terminal.hpp"
#include "src/errors.hpp"
#include "src/settings/ini_file.hpp"
#include "src/settings/program.hpp"
#include "src/study/study_file.hpp"
#include "src/study/study_folder.hpp"
#include "src/study/study_leaks.hpp"
#include "src/study/study_work.hpp"

namespace sslslr {
namespace {

constexpr const char* run_usage =
    "usage: [mpirun -n N | srun --mpi=pmix] sslslr study run --study FILE [OPTIONS]\n\n"
    "Runs jobs of a study until none is left: trainings, and evaluations of those that are done. Any\n"
    "number of workers may share a study, on any nodes that share its folder, and be started or killed at\n"
    "any time. Ctrl-C, SIGTERM, SIGHUP and SIGUSR1 stop it with exit code 75; an interrupted training\n"
    "resumes from its last checkpoint.";

struct RunFields {
    StudyPlaces places;
    std::vector<std::string> tables;
    bool dry_run = false;
    std::string memory_limit = "half";
    WorkerOptions worker;
    std::int64_t threads = 1;
    bool accepts_other_code = false;
};

void declare(Options& options, RunFields& o) {
    declare(options, o.places);
    options.add("tables", o.tables, "runs only the jobs that these tables need (none: all)");
    options.add("dry-run", o.dry_run, "prints the number of jobs and runs none");
    options.add("memory-limit", o.memory_limit, memory_limit_help);
    declare(options, o.worker);
    options.add("threads", o.threads, "threads of each rank");
    options.add("accept-other-code", o.accepts_other_code, accept_other_code_help);
}

void check(const RunFields& o, const StudySpec& spec, const Ranks& ranks) {
    check(o.worker, spec.ranks_per_job, ranks);
    if (o.threads < 1) {
        throw ConfigError{fmt::format("--threads {}: expected 1 or more", o.threads)};
    }
}

bool is_there(const DataSpec& data) {
    return std::ranges::all_of(data.settings, [](const auto& setting) {
        const auto files =
            setting.first == "data" ? entries_of(setting.second, "--study") : std::vector<std::string>{};
        return std::ranges::none_of(files, [](const auto& file) { return io::files_matching(file).empty(); });
    });
}

/// Returns the study without optional data sets whose files do not exist, and without tables that are not
/// requested.
StudySpec what_is_here(StudySpec spec, const std::vector<std::string>& wanted, const Ranks& ranks) {
    std::vector<std::string> tables;
    std::ranges::transform(spec.tables, std::back_inserter(tables), &TableSpec::name);
    place_errors("--tables", [&] {
        for (const auto& name : wanted) {
            named(spec.tables, name, "table");
        }
    });
    std::string absent;  // as seen by rank 0: on a shared file system others may see files later
    if (ranks.is_first()) {
        for (const auto& data : spec.data) {
            if (data.is_optional && !is_there(data)) {
                fmt::print("[data {}]: files not found, so the study leaves it out\n", data.name);
                absent += data.name + " ";
            }
        }
    }
    std::istringstream names{ranks.world.broadcast(absent)};
    const std::set<std::string> missing{std::istream_iterator<std::string>{names}, {}};
    std::vector<std::string> present;
    for (const auto& data : spec.data) {
        if (!missing.contains(data.name)) {
            present.push_back(data.name);
        }
    }
    auto here = narrowed(std::move(spec), present, wanted.empty() ? tables : wanted);
    if (here.tables.empty()) {
        throw ConfigError{
            "--study: none of its data sets was found: prepare one as the study file says, or fix its path"};
    }
    std::set<std::string> used;
    for (const auto& table : here.tables) {
        used.insert(table.data.begin(), table.data.end());
        used.insert(table.targets.begin(), table.targets.end());
    }
    for (const auto& figure : here.figures.embeddings) {
        used.insert(figure.data.begin(), figure.data.end());
    }
    std::erase_if(here.data, [&](const auto& data) { return !used.contains(data.name); });
    return here;
}

std::string summary_of(const nlohmann::json& outcome) {
    if (outcome.contains("top1")) {
        return fmt::format("top-1 {:.4f}", outcome["top1"].get<double>());
    }
    return outcome.contains("loss") ? fmt::format("loss {:.4g}", outcome["loss"].get<double>())
                                    : fmt::format("inertia {:.4g}", outcome["inertia"].get<double>());
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
    const auto spec = what_is_here(parse_study(text, fields.places.study), fields.tables, ranks);
    check(fields, spec, ranks);
    at::set_num_threads(static_cast<int>(fields.threads));
    const auto folder = fields.places.results();
    const StudyDataSets data{spec, fields.memory_limit, ranks};
    const auto plan = plan_experiments(spec, data.facts(), identities_of_jobs());
    check_views(data, plan);
    agree(ranks.world, [&] {
        if (ranks.is_first()) {
            std::ranges::for_each(leaks_of(data, plan), print_warning);
        }
    });

    auto group = worker_group(spec.ranks_per_job, ranks);
    const StudyJobs jobs{plan};
    std::string code;
    agree(ranks.world, [&] {
        if (ranks.is_first()) {
            if (!fields.dry_run || !is_stored(fields.places)) {
                code = write_stored_study(fields.places, text, plan, !fields.tables.empty(),
                                          fields.accepts_other_code, print_warning);
            }
            fmt::print("{}: {} trainings and {} evaluations -> {}\n", spec.title, plan.pretrainings.size(),
                       plan.evaluations.size(), folder.string());
        }
    });
    if (fields.dry_run) {
        return exit_done;
    }
    code = ranks.world.broadcast(code);
    StudyWork source{jobs, data, folder, code, group, print_warning};
    return work_on({.folder = folder,
                    .command = "study",
                    .plan = jobs,
                    .source = source,
                    .summary = [](const Result& result) { return summary_of(result.outcome); }},
                   fields.worker, group, ranks);
}

}  // namespace sslslr
