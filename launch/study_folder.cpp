#include "launch/study_folder.hpp"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>

#include "io/data_error.hpp"
#include "launch/result_table.hpp"
#include "launch/study_file.hpp"
#include "src/errors.hpp"

namespace sslslr {

namespace fs = std::filesystem;

fs::path StudyPlaces::results() const {
    return folder.empty() ? fs::path{"runs"} / fs::path{study}.stem() : fs::path{folder};
}

void declare(Options& options, StudyPlaces& places) {
    options.section("Options");
    options.add("study", places.study, "the study file (configs/study/examples.ini explains one)");
    options.add("folder", places.folder,
                "of plan, ledger, trainings and report (empty: runs/NAME of the study file NAME.ini)");
}

void write_stored_study(const fs::path& folder, const std::string& text, const ExperimentPlan& plan) {
    write_json(folder / "plan.json", {{"study_file", text}, {"plan", plan}});
}

StoredStudy read_stored_study(const StudyPlaces& places) {
    const auto file = places.results() / "plan.json";
    if (!fs::exists(file)) {
        throw ConfigError{fmt::format("--study {}: no plan in {}; sslslr study run makes one", places.study,
                                      places.results().string())};
    }
    StoredStudy stored;
    try {
        const auto json = nlohmann::json::parse(std::ifstream{file});
        stored.text = json.at("study_file");
        stored.plan = json.at("plan");
    } catch (const nlohmann::json::exception& error) {
        throw io::DataError{file, fmt::format("is no plan of a study: {}", error.what())};
    }
    std::vector<std::string> data;
    std::vector<std::string> tables;
    std::ranges::transform(stored.plan.data, std::back_inserter(data), &DataFacts::name);
    std::ranges::transform(stored.plan.tables, std::back_inserter(tables),
                           [](const PlannedTable& table) { return table.spec.name; });
    stored.spec = narrowed(parse_study(stored.text, places.study), data, tables);
    return stored;
}

fs::path pretraining_folder(const fs::path& study, const std::string& job, std::int64_t attempt) {
    return study / "pretrainings" / fmt::format("{}.{}", job, attempt);
}

fs::path features_file(const std::string& job) {
    return fs::path{"features"} / (job + ".h5");
}

}  // namespace sslslr
