#include <filesystem>

#include <fmt/format.h>

#include "io/file/json_text.hpp"
#include "launch/commands/boundary.hpp"
#include "src/boundary/planned_search.hpp"
#include "src/boundary/report.hpp"
#include "src/errors.hpp"
#include "src/jobs/ledger_files.hpp"
#include "src/protocol/result_table.hpp"

namespace sslslr {
namespace {

constexpr const char* report_usage =
    "usage: sslslr boundary report --study FOLDER [--json]\n\n"
    "What a search has found, at any moment: k1 and k2, whether the data support them, accuracy against k, "
    "what\n"
    "single clips prefer, other modes by the same results, boundaries without a search, and what all that "
    "cost.\n"
    "Writes FOLDER/report/report.json; src/report/boundary.py FOLDER draws the figures.";

}  // namespace

int boundary_report(Arguments arguments, const Ranks& ranks) {
    std::string folder;
    bool json = false;
    Options options{report_usage};
    options.section("Options");
    options.add("study", folder, "folder of the study");
    options.add("json", json, "prints the report as one JSON object");
    if (!read_or_help(options, arguments, ranks) || !ranks.is_first()) {
        return exit_done;
    }
    const auto study = read_search(folder);
    const auto report = report_of(study.plan, study.jobs(), read_ledger(folder));
    io::write_json(std::filesystem::path{folder} / "report" / "report.json", report);
    fmt::print("{}", json ? io::json_text(nlohmann::json(report)) + '\n' : text_of_report(report));
    return exit_done;
}

}  // namespace sslslr
