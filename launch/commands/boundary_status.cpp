#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "io/file/json_text.hpp"
#include "io/file/setting.hpp"
#include "launch/commands/boundary.hpp"
#include "src/boundary/boundary_study.hpp"
#include "src/errors.hpp"
#include "src/jobs/ledger_files.hpp"

namespace sslslr {
namespace {

constexpr const char* status_usage =
    "usage: sslslr boundary status --study FOLDER [--json]\n\n"
    "How far a search is: jobs, workers, what failed and why. Reads the ledger and disturbs nobody.";

std::string state_of(const SideSearch& side) {
    switch (side.progress) {
        case SideSearch::Progress::answered:
            return fmt::format("{} ({})", side.k, io::as_options(side.why));
        case SideSearch::Progress::stuck:
            return io::as_options(side.why);
        case SideSearch::Progress::open:
            break;
    }
    return fmt::format("not known yet; {} trials may still be needed", side.needed.size());
}

nlohmann::json json_of(const SideSearch& side) {
    const auto name = side.progress == SideSearch::Progress::answered ? "answered"
                      : side.progress == SideSearch::Progress::stuck  ? "stuck"
                                                                      : "open";
    nlohmann::json json{
        {"progress", name}, {"why", io::as_options(side.why)}, {"needed", side.needed.size()}};
    if (side.progress == SideSearch::Progress::answered) {
        json["k"] = side.k;
    }
    return json;
}

nlohmann::json status_of(const BoundaryJobs& jobs, const LedgerFiles& files) {
    const auto& state = files.state();
    nlohmann::json set_aside = nlohmann::json::array();
    std::int64_t done = 0;
    std::int64_t running = 0;
    for (const auto& [id, job] : state.jobs()) {
        done += job.status == JobStatus::done;
        running += job.status == JobStatus::running;
    }
    for (const auto& id : state.set_aside()) {
        set_aside.push_back({{"job", id}, {"trial", jobs.name_of(id)}, {"error", state.of(id).error}});
    }
    std::int64_t waiting = 0;
    for (const auto& job : jobs.wanted(state)) {
        waiting += state.of(job.id).status == JobStatus::free;
    }
    nlohmann::json workers = nlohmann::json::array();
    for (const auto& [number, life] : state.workers()) {
        if (!life.left) {
            workers.push_back({{"worker", number}, {"host", life.host}, {"pid", life.pid}});
        }
    }
    const auto& counts = state.counts();
    return {{"done", done},
            {"running", running},
            {"waiting", waiting},
            {"set_aside", set_aside},
            {"failed_attempts", counts.failed},
            {"lost_attempts", counts.lost},
            {"released", counts.released},
            {"cancelled", counts.cancelled},
            {"cancelled_seconds", counts.cancelled_seconds},
            {"recovered_results", counts.recovered},
            {"late_results", counts.late},
            {"differing_results", counts.differing},
            {"accepted_twice", counts.accepted_twice},
            {"damaged_lines", files.damaged()},
            {"workers_not_left", workers},
            {"k1", json_of(jobs.search(Side::start, state))},
            {"k2", json_of(jobs.search(Side::end, state))}};
}

std::string text_of(const nlohmann::json& s, const BoundaryJobs& jobs, const LedgerState& state) {
    auto text = fmt::format(
        "jobs      {} done, {} running, {} waiting, {} set aside\n"
        "attempts  {} failed, {} lost with their workers, {} given back, {} cancelled as not needed ({:.0f} "
        "s)\n"
        "results   {} recovered from dead workers, {} late (not accepted), {} of those differing\n"
        "files     {} damaged lines passed over\n"
        "workers   {} that have not left (at work, or dead)\n"
        "k1        {}\n"
        "k2        {}\n",
        io::json_text(s["done"]), io::json_text(s["running"]), io::json_text(s["waiting"]),
        s["set_aside"].size(), io::json_text(s["failed_attempts"]), io::json_text(s["lost_attempts"]),
        io::json_text(s["released"]), io::json_text(s["cancelled"]), s["cancelled_seconds"].get<double>(),
        io::json_text(s["recovered_results"]), io::json_text(s["late_results"]),
        io::json_text(s["differing_results"]), io::json_text(s["damaged_lines"]),
        s["workers_not_left"].size(), state_of(jobs.search(Side::start, state)),
        state_of(jobs.search(Side::end, state)));
    for (const auto& job : s["set_aside"]) {
        text += fmt::format("set aside: {}: {}\n", job["trial"].get<std::string>(),
                            job["error"].get<std::string>());
    }
    if (!s["set_aside"].empty()) {
        text += "mend the cause, then: sslslr boundary work --retry failed\n";
    }
    if (s["differing_results"] != 0) {
        text +=
            "results of one job differ on one type of CPU: look for failing memory or a mixed installation\n";
    }
    return text;
}

}  // namespace

int boundary_status(Arguments arguments, const Ranks& ranks) {
    std::string folder;
    bool json = false;
    Options options{status_usage};
    options.section("Options");
    options.add("study", folder, "folder of the study");
    options.add("json", json, "prints one JSON object");
    if (!read_or_help(options, arguments, ranks) || !ranks.is_first()) {
        return exit_done;
    }
    const auto study = read_study(folder);
    const auto files = read_ledger(folder);
    const auto jobs = study.jobs();
    const auto status = status_of(jobs, files);
    fmt::print("{}", json ? io::json_text(status, 2) + '\n' : text_of(status, jobs, files.state()));
    return exit_done;
}

}  // namespace sslslr
