#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "io/file/json_text.hpp"
#include "io/file/metrics_file.hpp"
#include "launch/commands/study.hpp"
#include "src/errors.hpp"
#include "src/jobs/ledger_files.hpp"
#include "src/protocol/result_table.hpp"
#include "src/settings/program.hpp"
#include "src/study/claims.hpp"
#include "src/study/class_tables.hpp"
#include "src/study/published.hpp"
#include "src/study/study_figures.hpp"
#include "src/study/study_folder.hpp"
#include "src/study/study_jobs.hpp"
#include "src/study/tables.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

constexpr const char* report_of_study_usage =
    "usage: sslslr study report --study FILE [--json] [--pages=false]\n\n"
    "Prints tables of the results so far, with intervals and controls. Writes report.json to\n"
    "FOLDER/report/ and, by Python, index.html, tables/*.csv and *.tex, and figures/*.svg.";

/// Returns the seconds of all steps of a training, including those before it was resumed.
double seconds_of(const fs::path& metrics) {
    double seconds = 0;
    for (const auto& row : io::read_metrics(metrics)) {
        seconds += row.value("seconds", 0.0);
    }
    return seconds;
}

/// Returns the accepted results; those of trainings include their duration.
ResultOf results_in(const LedgerFiles& files, const StudyJobs& jobs, const fs::path& folder) {
    return [&files, &jobs, folder](const std::string& id) -> std::optional<JobRecord> {
        const auto* const found = files.accepted(id);
        if (found == nullptr) {
            return std::nullopt;
        }
        JobRecord record{found->record.at("outcome"), found->record.at("detail")};
        if (jobs.pretraining(id) != nullptr) {
            record.outcome["seconds"] =
                seconds_of(pretraining_folder(folder, id, files.state().of(id).attempt) / "metrics.jsonl");
        }
        return record;
    };
}

nlohmann::json json_of_jobs(const ExperimentPlan& plan, const LedgerState& state, const StudyJobs& jobs) {
    std::int64_t done = 0;
    double seconds = 0;
    for (const auto& job : plan.pretrainings) {
        done += state.of(job.id).status == JobStatus::done;
        seconds += state.of(job.id).seconds;
    }
    for (const auto& job : plan.evaluations) {
        done += state.of(job.id).status == JobStatus::done;
    }
    return {{"done", done},
            {"all", plan.pretrainings.size() + plan.evaluations.size()},
            {"failed", progress_of(jobs, state).set_aside},
            {"training_seconds", seconds}};
}

nlohmann::json json_of_data(const DataFacts& data) {
    nlohmann::json facts{{"name", data.name},
                         {"title", data.title},
                         {"published", data.published},
                         {"language", data.language},
                         {"licence", data.licence},
                         {"source", data.source},
                         {"clips", data.clips},
                         {"signers", data.signers},
                         {"classes", data.folds.front().class_names.size()}};
    for (const auto& fold : data.folds) {
        facts["folds"].push_back({{"name", fold.name},
                                  {"how", fold.how},
                                  {"pretrain", fold.pretrain},
                                  {"train", fold.train},
                                  {"validation", fold.validation},
                                  {"test", fold.test.size()}});
    }
    return facts;
}

struct StudyReport {
    std::vector<ReportTable> tables;
    std::vector<ClaimVerdict> claims;
    nlohmann::json json;  ///< the whole report, as written to the file
};

/// @param stored  must outlive the result
StudyReport report_of_study(const StoredStudy& stored, const LedgerFiles& files, const StudyPlaces& places) {
    const StudyJobs jobs{stored.plan};
    const auto folder = places.results();
    const StudyResults results{stored.plan, results_in(files, jobs, folder)};
    StudyReport report{.tables = {}, .claims = verdicts_of(stored.spec.claims, results), .json = {}};
    auto classes = nlohmann::json::array();
    for (const auto& table : stored.plan.tables) {
        report.tables.push_back(table_of(table, results));
        for (const auto& entry : classes_of(table, results)) {
            classes.push_back(entry);
        }
    }
    auto& page = report.json;
    page = {{"schema", "sslslr-study-report"},
            {"version", 1},
            {"title", stored.spec.title},
            {"program", "sslslr " + program_version()},
            {"code", stored.code},
            {"study_file", stored.text},
            {"command", fmt::format("sslslr study run --study {}", places.study)},
            {"runs", stored.spec.runs},
            {"interval",
             stored.spec.runs > 1
                 ? "95 % Student t over the runs; for values of one run, bootstrap over its test clips"
                 : "95 % bootstrap over the test clips of one run (it does not cover other seeds)"},
            {"jobs", json_of_jobs(stored.plan, files.state(), jobs)},
            {"data", nlohmann::json::array()},
            {"tables", report.tables},
            {"published", published_results()},
            {"classes", std::move(classes)},
            {"claims", report.claims},
            {"figures", figures_of(stored, files.state(), folder)}};
    page["complete"] = page["jobs"]["done"] == page["jobs"]["all"];
    for (const auto& data : stored.plan.data) {
        page["data"].push_back(json_of_data(data));
    }
    return report;
}

/// Runs the Python script that writes pages and figures.
/// @return whether all of them could be written
bool write_pages(const fs::path& folder) {
    const auto python = python_of(".venv");
    const auto script = file_of_program("src/report/study_report.py");
    std::fflush(stdout);
    const auto child = fork();
    if (child == 0) {
        execl(python.c_str(), python.c_str(), script.c_str(), folder.c_str(), nullptr);
        _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
        WEXITSTATUS(status) == 127) {
        throw ConfigError{fmt::format(
            "study report: {} cannot be started to write pages; run launch/setup, set SSLSLR_PYTHON "
            "to a Python with matplotlib, h5py and umap-learn, or give --pages=false",
            python.string())};
    }
    return WEXITSTATUS(status) == 0;
}

}  // namespace

int study_report(Arguments arguments, const Ranks& ranks) {
    StudyPlaces places;
    bool json = false;
    bool pages = true;
    Options options{report_of_study_usage};
    declare(options, places);
    options.add("json", json, "prints the report as one JSON object");
    options.add("pages", pages, "writes pages, tables and figures; false: only report.json");
    if (!read_or_help(options, arguments, ranks) || !ranks.is_first()) {
        return exit_done;
    }
    const auto stored = read_stored_study(places);
    const auto folder = places.results();
    const auto report = report_of_study(stored, read_ledger(folder), places);
    io::write_json(folder / "report" / "report.json", report.json);
    if (json) {
        fmt::print("{}\n", io::json_text(report.json));
    } else {
        fmt::print("{}: {} of {} jobs done; {}\n", stored.spec.title,
                   io::json_text(report.json["jobs"]["done"]), io::json_text(report.json["jobs"]["all"]),
                   report.json["interval"].get<std::string>());
        for (const auto& table : report.tables) {
            fmt::print("{}", text_of_table(table));
        }
        for (const auto& [id, says, verdict, evidence] : report.claims) {
            fmt::print("\n{} {}: {} ({})", id, verdict, says, evidence);
        }
        fmt::print("\n");
    }
    // The script has printed what is missing and why. The tables above are complete.
    return !pages || json || write_pages(folder) ? exit_done : exit_data;
}

}  // namespace sslslr
