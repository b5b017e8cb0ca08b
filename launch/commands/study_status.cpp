#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "io/file/json_text.hpp"
#include "launch/commands/job_status.hpp"
#include "launch/commands/study.hpp"
#include "src/errors.hpp"
#include "src/study/study_folder.hpp"
#include "src/study/study_jobs.hpp"

namespace sslslr {
namespace {

constexpr const char* status_of_study_usage =
    "usage: sslslr study status --study FILE [--json]\n\n"
    "Shows the progress of a study: trainings, evaluations, failures and their causes. Only reads the\n"
    "ledger, and disturbs no worker.";

/// Counts the jobs of one kind: done, running, and in total.
template <class Jobs>
nlohmann::json counts_of(const Jobs& jobs, const LedgerState& state) {
    const auto count = [&](JobStatus status) {
        return std::ranges::count_if(jobs,
                                     [&](const auto& job) { return state.of(job.id).status == status; });
    };
    return {{"done", count(JobStatus::done)}, {"running", count(JobStatus::running)}, {"all", jobs.size()}};
}

}  // namespace

int study_status(Arguments arguments, const Ranks& ranks) {
    StudyPlaces places;
    bool json = false;
    Options options{status_of_study_usage};
    declare(options, places);
    options.add("json", json, "prints one JSON object");
    if (!read_or_help(options, arguments, ranks) || !ranks.is_first()) {
        return exit_done;
    }
    const auto stored = read_stored_study(places);
    const auto files = read_ledger(places.results());
    const auto report = ledger_report(StudyJobs{stored.plan}, files);
    nlohmann::json status = report;
    status["trainings"] = counts_of(stored.plan.pretrainings, files.state());
    status["evaluations"] = counts_of(stored.plan.evaluations, files.state());
    if (json) {
        fmt::print("{}\n", io::json_text(status, 2));
        return exit_done;
    }
    for (const auto* const kind : {"trainings", "evaluations"}) {
        fmt::print("{:<12} {} of {} done, {} running\n", kind, io::json_text(status[kind]["done"]),
                   io::json_text(status[kind]["all"]), io::json_text(status[kind]["running"]));
    }
    fmt::print("{}{}", counts_text(report), trouble_text(report, "study run"));
    return exit_done;
}

}  // namespace sslslr
