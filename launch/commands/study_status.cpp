#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "io/file/json_text.hpp"
#include "launch/commands/study.hpp"
#include "src/errors.hpp"
#include "src/jobs/ledger_files.hpp"
#include "src/study/study_folder.hpp"
#include "src/study/study_jobs.hpp"

namespace sslslr {
namespace {

constexpr const char* status_of_study_usage =
    "usage: sslslr study status --study FILE [--json]\n\n"
    "How far a study is: trainings, evaluations, what failed and why. Reads the ledger and disturbs nobody.";

template <class Jobs>
nlohmann::json counts_of(const Jobs& jobs, const LedgerState& state) {
    std::int64_t done = 0;
    std::int64_t running = 0;
    for (const auto& job : jobs) {
        const auto status = state.of(job.id).status;
        done += status == JobStatus::done;
        running += status == JobStatus::running;
    }
    return {{"done", done}, {"running", running}, {"all", jobs.size()}};
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
    const auto& state = files.state();
    const StudyJobs jobs{stored.plan};
    nlohmann::json status{{"trainings", counts_of(stored.plan.pretrainings, state)},
                          {"evaluations", counts_of(stored.plan.evaluations, state)},
                          {"set_aside", jobs.set_aside(state)},
                          {"failed_attempts", state.counts().failed},
                          {"lost_attempts", state.counts().lost}};
    if (json) {
        fmt::print("{}\n", io::json_text(status, 2));
        return exit_done;
    }
    for (const auto* const kind : {"trainings", "evaluations"}) {
        fmt::print("{:<12} {} of {} done, {} running\n", kind, io::json_text(status[kind]["done"]),
                   io::json_text(status[kind]["all"]), io::json_text(status[kind]["running"]));
    }
    fmt::print("attempts     {} failed, {} lost with their workers\n", state.counts().failed,
               state.counts().lost);
    for (const auto& job : status["set_aside"]) {
        fmt::print("set aside: {}: {}\n", job["name"].get<std::string>(), job["error"].get<std::string>());
    }
    if (!status["set_aside"].empty()) {
        fmt::print("mend the cause, then: sslslr study run --retry failed\n");
    }
    return exit_done;
}

}  // namespace sslslr
