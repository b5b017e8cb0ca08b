#include "src/study/study_folder.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "io/file/posix_file.hpp"
#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/study/merged_plan.hpp"
#include "src/study/stored_plan.hpp"
#include "src/study/study_file.hpp"

namespace sslslr {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds longest_wait{60};

PlanFolder folder_of(const StudyPlaces& places) {
    return {places.results(), io::setting("study", places.study), "another " + io::setting("folder")};
}

}  // namespace

fs::path StudyPlaces::results() const {
    return folder.empty() ? fs::path{"runs"} / fs::path{study}.stem() : fs::path{folder};
}

void declare(Options& options, StudyPlaces& places) {
    options.section("Options");
    options.add("study", places.study, "study file (configs/study/examples.ini explains its format)");
    options.add("folder", places.folder,
                "folder for plan, ledger, trainings and report (empty: runs/NAME for a study file NAME.ini)");
}

std::string write_stored_study(const StudyPlaces& places, const std::string& text, const ExperimentPlan& plan,
                               bool is_part, bool accepts_other_code,
                               const std::function<void(const std::string&)>& warn) {
    const auto folder = folder_of(places);
    fs::create_directories(folder.path);
    const io::PosixFile lock{folder.path / ".plan-lock", io::PosixFile::Access::create};
    lock.lock(longest_wait);  // others may plan other tables meanwhile
    ExperimentPlan before;
    const auto stored = readable_plan(folder.path, before);
    const auto code = codes_with_own(folder, stored, accepts_other_code, warn);
    const bool keeps_tables = stored && is_part && stored->text == text;
    write_stored_plan(folder.path, {text, code}, keeps_tables ? merged(plan, before) : plan);
    return code;
}

bool is_stored(const StudyPlaces& places) {
    return has_plan(places.results());
}

StoredStudy read_stored_study(const StudyPlaces& places) {
    StoredStudy study;
    const auto stored = read_stored_plan(places.results(), study.plan);
    if (!stored) {
        throw ConfigError{fmt::format("{}: no plan in {}; sslslr study run writes it",
                                      io::setting("study", places.study), places.results().string())};
    }
    study.text = stored->text;
    study.code = stored->code;
    std::vector<std::string> data;
    std::vector<std::string> tables;
    std::ranges::transform(study.plan.data, std::back_inserter(data), &DataFacts::name);
    std::ranges::transform(study.plan.tables, std::back_inserter(tables),
                           [](const PlannedTable& table) { return table.spec.name; });
    study.spec = narrowed(parse_study(study.text, places.study, /*is_stored=*/true), data, tables);
    std::ranges::sort(study.plan.tables, {}, [&](const PlannedTable& table) {
        return std::ranges::find(study.spec.tables, table.spec.name, &TableSpec::name);
    });
    return study;
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
