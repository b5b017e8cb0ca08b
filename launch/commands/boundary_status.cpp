#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "io/file/json_text.hpp"
#include "io/file/setting.hpp"
#include "launch/commands/boundary.hpp"
#include "launch/commands/job_status.hpp"
#include "src/boundary/planned_search.hpp"
#include "src/errors.hpp"
#include "src/settings/words.hpp"

namespace sslslr {
namespace {

constexpr const char* status_usage =
    "usage: sslslr boundary status --study FOLDER [--json]\n\n"
    "Shows the progress of a search: jobs, workers, failures and their causes. Only reads the ledger, and\n"
    "disturbs no worker.";

std::string state_of(const SideSearch& side) {
    switch (side.progress) {
        case SideSearch::Progress::answered:
            return fmt::format("{}{} ({})", side.k, side.is_decided ? "" : ", not decided",
                               io::as_options(side.why));
        case SideSearch::Progress::stuck:
            return io::as_options(side.why);
        case SideSearch::Progress::open:
            break;
    }
    return fmt::format("not known yet; up to {} more trials are needed", side.needed.size());
}

nlohmann::json json_of(const SideSearch& side) {
    nlohmann::json json{{"progress", word_of(side.progress)},
                        {"why", io::as_options(side.why)},
                        {"needed", side.needed.size()}};
    if (side.progress == SideSearch::Progress::answered) {
        json["k"] = side.k;
    }
    return json;
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
    const auto study = read_search(folder);
    const auto files = read_ledger(folder);
    const auto jobs = study.jobs();
    const auto report = ledger_report(jobs, files);
    const auto k1 = jobs.search(Side::start, files.state());
    const auto k2 = jobs.search(Side::end, files.state());
    if (json) {
        nlohmann::json status = report;
        for (auto& job : status["set_aside"]) {
            job["trial"] = job["name"];
        }
        status["k1"] = json_of(k1);
        status["k2"] = json_of(k2);
        fmt::print("{}\n", io::json_text(status, 2));
    } else {
        fmt::print("{}k1           {}\nk2           {}\n{}", counts_text(report), state_of(k1), state_of(k2),
                   trouble_text(report, "boundary work"));
    }
    return exit_done;
}

}  // namespace sslslr
