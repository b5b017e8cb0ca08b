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
    "Reports the results of a search so far: k1 and k2, whether the data support them, accuracy against\n"
    "k, what single clips prefer, the answers of other modes from the same results, boundaries without a\n"
    "search, and the cost of all this. Writes FOLDER/report/report.json; src/report/boundary.py FOLDER\n"
    "draws the figures.";

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
