#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "src/settings/options.hpp"
#include "src/study/experiment_plan.hpp"

namespace sslslr {

/// The file of a study and the folder of its results.
struct StudyPlaces {
    std::string study;   ///< the study file
    std::string folder;  ///< for plan, ledger and trainings; empty: runs/NAME for the study file NAME.ini

    std::filesystem::path results() const;
};

void declare(Options& options, StudyPlaces& places);

/// A study as it was last run: the text of its file, the part of it that was run, and the plan made from
/// that.
struct StoredStudy {
    std::string text;
    StudySpec spec;
    ExperimentPlan plan;
    std::string code;  ///< codes whose results count: see joined_codes(); empty in plans of 0.1.0
};

/// Stores a study in its folder.
/// @param is_part             whether to keep tables of an earlier plan of the same text, too
/// @param accepts_other_code  whether results of other code may be there, which is reported through `warn`
/// @return the codes whose results count: see joined_codes()
/// @throws io::DataError  the folder cannot be written; ConfigError  it holds results of other code
std::string write_stored_study(const StudyPlaces& places, const std::string& text, const ExperimentPlan& plan,
                               bool is_part, bool accepts_other_code,
                               const std::function<void(const std::string&)>& warn);

bool is_stored(const StudyPlaces& places);

/// Reads a study back, with its tables in the order of the study file.
/// @throws ConfigError  the study was never run; io::DataError  its plan cannot be read
StoredStudy read_stored_study(const StudyPlaces& places);

/// Returns the folder of an attempt at a training: a run folder like those of sslslr pretrain.
std::filesystem::path pretraining_folder(const std::filesystem::path& study, const std::string& job,
                                         std::int64_t attempt);

/// Returns the folder for checkpoints of an attempt at an evaluation that trains a whole network, until it is
/// done.
std::filesystem::path evaluation_folder(const std::filesystem::path& study, const std::string& job,
                                        std::int64_t attempt);

/// Returns the file of features that an evaluation writes for figures, relative to the study's folder.
std::filesystem::path features_file(const std::string& job);

}  // namespace sslslr
