#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "src/boundary/boundary_options.hpp"
#include "src/boundary/study.hpp"
#include "src/boundary/study_plan.hpp"
#include "src/boundary/validation.hpp"
#include "src/run/data_set.hpp"
#include "src/run/ranks.hpp"

namespace sslslr {

/// A study's plan and options, without its data: what status and report need.
struct PlannedStudy {
    PlanOptions options;
    StudyPlan plan;

    BoundaryJobs jobs() const { return {options.search, plan.identity, options.compare}; }
};

/// @throws ConfigError  the folder holds no plan; io::DataError  it cannot be read
PlannedStudy read_study(const std::filesystem::path& folder);

/// @throws ConfigError  an earlier release planned it, whose jobs bear other names
void refuse_older_plan(const std::filesystem::path& folder, const StudyPlan& plan);

/// Writes plan.ini and plan.json. @throws io::DataError  the folder cannot be written
void write_study(const std::filesystem::path& folder, const Options& options, const StudyPlan& plan);

/// The first line that two identities do not share, as "epochs = 3, not epochs = 5".
std::string first_difference(const std::string& before, const std::string& now);

/// The data of a study, chosen and resident, ready to train on. Construction and destruction are collective.
class StudyData {
public:
    /// Fills in what the options leave open: options.search.frames becomes that of the longest clip.
    /// @param keeps_prints  for leak()
    /// @throws ConfigError, dist::AgreedError  as DataSet and choose_validation
    StudyData(PlanOptions& options, const Ranks& ranks, bool keeps_prints);

    /// The plan as these data and options make it.
    StudyPlan plan(const Options& options) const;
    const TrialSetting& setting() const noexcept { return *setting_; }
    const ValidationClips& clips() const noexcept { return clips_; }
    /// How many validation clips show the same as clips that train, with an example; empty if none does.
    /// Needs keeps_prints. Collective; the answer is on the first rank.
    std::string leak(const Ranks& ranks) const;

private:
    const PlanOptions& options_;
    DataSet data_;
    Classes classes_;
    ValidationClips clips_;
    std::optional<TrialSetting> setting_;
};

}  // namespace sslslr
