#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "src/settings/options.hpp"
#include "src/study/experiment_plan.hpp"

namespace sslslr {

/// Where a study is listed and where its results lie.
struct StudyPlaces {
    std::string study;   ///< the study file
    std::string folder;  ///< of plan, ledger and trainings; empty: runs/NAME of the study file NAME.ini

    std::filesystem::path results() const;
};

void declare(Options& options, StudyPlaces& places);

/// A study as it was last run: its file's text then, what of it there was to do, and the plan made of that.
struct StoredStudy {
    std::string text;
    StudySpec spec;
    ExperimentPlan plan;
    std::string code;  ///< whose results count: see joined_codes(); empty in plans of 0.1.0
};

/// @param is_part             tables that an earlier plan of the same text holds are kept, too
/// @param accepts_other_code  results of other code may already be there, which is reported through `warn`
/// @return the codes whose results count: see joined_codes()
/// @throws io::DataError  the folder cannot be written; ConfigError  it holds results of other code
std::string write_stored_study(const StudyPlaces& places, const std::string& text, const ExperimentPlan& plan,
                               bool is_part, bool accepts_other_code,
                               const std::function<void(const std::string&)>& warn);

bool is_stored(const StudyPlaces& places);

/// Its tables stand in the order of the study file.
/// @throws ConfigError  the study was never run; io::DataError  its plan cannot be read
StoredStudy read_stored_study(const StudyPlaces& places);

/// Where an attempt at a training keeps its files: a run folder, as sslslr pretrain makes it.
std::filesystem::path pretraining_folder(const std::filesystem::path& study, const std::string& job,
                                         std::int64_t attempt);

/// Where an attempt at an evaluation that trains a whole network keeps its checkpoints while it lasts.
std::filesystem::path evaluation_folder(const std::filesystem::path& study, const std::string& job,
                                        std::int64_t attempt);

/// Features that an evaluation leaves for figures, relative to the study's folder.
std::filesystem::path features_file(const std::string& job);

}  // namespace sslslr
