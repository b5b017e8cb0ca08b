#include "src/study/study_folder.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "io/file/data_error.hpp"
#include "io/file/json_text.hpp"
#include "io/file/posix_file.hpp"
#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/jobs/ledger_files.hpp"
#include "src/protocol/result_table.hpp"
#include "src/settings/program.hpp"
#include "src/study/merged_plan.hpp"
#include "src/study/study_file.hpp"

namespace sslslr {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds longest_wait{60};

fs::path plan_file(const StudyPlaces& places) {
    return places.results() / "plan.json";
}

struct PlanFile {
    std::string text;  ///< of the study file
    std::string code;  ///< whose results count: see joined_codes(); empty in plans of 0.1.0
    ExperimentPlan plan;
};

/// @throws io::DataError
PlanFile read_plan(const fs::path& file) {
    try {
        const auto json = nlohmann::json::parse(std::ifstream{file});
        return {json.at("study_file"), json.value("code", ""), json.at("plan")};
    } catch (const nlohmann::json::exception& error) {
        throw io::DataError{file, fmt::format("is no plan of a study: {}", error.what())};
    }
}

/// The codes whose results the folder holds, with this program's.
/// @param plan  that stood there, if it could be read
std::string codes_with(const std::optional<PlanFile>& plan, const StudyPlaces& places,
                       bool accepts_other_code, const std::function<void(const std::string&)>& warn) {
    const auto folder = places.results().string();
    if (!has_claims(folder)) {
        return code_identity();
    }
    if (plan && plan->code.empty()) {
        throw ConfigError{
            fmt::format("{}: an earlier release worked on it in {}, and this one cannot take over its jobs: "
                        "finish it with that release, or name another {}",
                        io::setting("study", places.study), folder, io::setting("folder"))};
    }
    return joined_codes(plan ? plan->code : "unknown", "the study in " + folder, accepts_other_code, warn);
}

}  // namespace

fs::path StudyPlaces::results() const {
    return folder.empty() ? fs::path{"runs"} / fs::path{study}.stem() : fs::path{folder};
}

void declare(Options& options, StudyPlaces& places) {
    options.section("Options");
    options.add("study", places.study, "the study file (configs/study/examples.ini explains one)");
    options.add("folder", places.folder,
                "of plan, ledger, trainings and report (empty: runs/NAME of the study file NAME.ini)");
}

std::string write_stored_study(const StudyPlaces& places, const std::string& text, const ExperimentPlan& plan,
                               bool is_part, bool accepts_other_code,
                               const std::function<void(const std::string&)>& warn) {
    fs::create_directories(places.results());
    const io::PosixFile lock{places.results() / ".plan-lock", io::PosixFile::Access::create};
    lock.lock(longest_wait);  // others may plan other tables meanwhile
    auto stored = plan;
    std::optional<PlanFile> before;
    if (is_stored(places)) {
        try {
            before = read_plan(plan_file(places));
        } catch (const io::DataError&) {  // what cannot be read is planned again
        }
    }
    const auto code = codes_with(before, places, accepts_other_code, warn);
    if (before && is_part && before->text == text) {
        stored = merged(plan, before->plan);
    }
    io::write_json(plan_file(places), {{"study_file", text}, {"code", code}, {"plan", stored}});
    return code;
}

bool is_stored(const StudyPlaces& places) {
    return fs::exists(plan_file(places));
}

StoredStudy read_stored_study(const StudyPlaces& places) {
    const auto file = plan_file(places);
    if (!is_stored(places)) {
        throw ConfigError{fmt::format("{}: no plan in {}; sslslr study run makes one",
                                      io::setting("study", places.study), places.results().string())};
    }
    StoredStudy stored;
    auto found = read_plan(file);
    stored.text = std::move(found.text);
    stored.plan = std::move(found.plan);
    stored.code = std::move(found.code);
    std::vector<std::string> data;
    std::vector<std::string> tables;
    std::ranges::transform(stored.plan.data, std::back_inserter(data), &DataFacts::name);
    std::ranges::transform(stored.plan.tables, std::back_inserter(tables),
                           [](const PlannedTable& table) { return table.spec.name; });
    stored.spec = narrowed(parse_study(stored.text, places.study), data, tables);
    std::ranges::sort(stored.plan.tables, {}, [&](const PlannedTable& table) {
        return std::ranges::find(stored.spec.tables, table.spec.name, &TableSpec::name);
    });
    return stored;
}

fs::path pretraining_folder(const fs::path& study, const std::string& job, std::int64_t attempt) {
    return study / "pretrainings" / fmt::format("{}.{}", job, attempt);
}

fs::path evaluation_folder(const fs::path& study, const std::string& job, std::int64_t attempt) {
    return study / "evaluations" / fmt::format("{}.{}", job, attempt);
}

fs::path features_file(const std::string& job) {
    return fs::path{"features"} / (job + ".h5");
}

}  // namespace sslslr
