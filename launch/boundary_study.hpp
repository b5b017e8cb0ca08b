#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "launch/boundary_options.hpp"
#include "launch/command.hpp"
#include "launch/data_set.hpp"
#include "src/boundary/study.hpp"
#include "src/boundary/validation.hpp"

namespace sslslr {

/// What a study folder remembers of its plan, in plan.json beside the options in plan.ini.
struct StudyPlan {
    std::string version;           ///< of the program
    std::string data_fingerprint;  ///< of the clips
    std::string identity;          ///< what decides a trial's result beside the trial: see BoundaryJobs
    std::int64_t frames = 0;       ///< n: of the longest clip
    std::int64_t ranks_per_job = 1;
    std::string validated_by;                  ///< "signer S02"
    std::vector<std::int64_t> validation;      ///< clip numbers, in the order of the correctness bits
    std::vector<std::int64_t> classes;         ///< of those clips
    std::vector<std::string> class_names;
    std::vector<std::int64_t> lengths;  ///< of those clips, frames
    double seconds_per_job = 0;         ///< as timed, on ranks_per_job ranks
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StudyPlan, version, data_fingerprint, identity, frames, ranks_per_job, validated_by,
                                   validation, classes, class_names, lengths, seconds_per_job)

/// A study's plan and options, without its data: what status and report need.
struct PlannedStudy {
    PlanOptions options;
    StudyPlan plan;

    BoundaryJobs jobs() const { return {options.search, plan.identity, options.compare}; }
};

/// @throws ConfigError  the folder holds no plan, or that of another version; io::DataError  it cannot be read
PlannedStudy read_study(const std::filesystem::path& folder);

/// Writes plan.ini and plan.json. @throws io::DataError  the folder cannot be written
void write_study(const std::filesystem::path& folder, const Options& options, const StudyPlan& plan);

/// The first line that two identities do not share, as "epochs = 3, not epochs = 5".
std::string first_difference(const std::string& before, const std::string& now);

/// The data of a study, chosen and resident, ready to train on. Construction and destruction are collective.
class StudyData {
public:
    /// Fills in what the options leave open: options.search.frames becomes that of the longest clip.
    /// @throws ConfigError, dist::AgreedError  as DataSet and choose_validation
    StudyData(PlanOptions& options, const Ranks& ranks);

    /// The plan as these data and options make it.
    StudyPlan plan(const Options& options) const;
    const TrialSetting& setting() const noexcept { return *setting_; }
    const ValidationClips& clips() const noexcept { return clips_; }

private:
    const PlanOptions& options_;
    DataSet data_;
    Classes classes_;
    ValidationClips clips_;
    std::optional<TrialSetting> setting_;
};

}  // namespace sslslr
