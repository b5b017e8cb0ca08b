#pragma once

#include <filesystem>
#include <string>

#include "src/boundary/boundary_options.hpp"
#include "src/boundary/search_jobs.hpp"
#include "src/boundary/search_plan.hpp"
#include "src/run/data_set.hpp"
#include "src/run/ranks.hpp"
#include "src/study/stored_plan.hpp"

namespace sslslr {

/// A search's plan and options, without its data: what status and report need.
struct PlannedSearch {
    PlanOptions options;
    SearchPlan plan;

    SearchJobs jobs() const { return {options.search, plan.identity, options.compare}; }
};

/// @throws ConfigError  the folder holds no plan; io::DataError  it cannot be read
PlannedSearch read_search(const std::filesystem::path& folder);

/// A search's folder, for errors.
PlanFolder search_folder(const std::filesystem::path& folder);

/// Refuses a plan of other data, or of other options that decide a result.
/// @throws ConfigError  names what differs
void check_same(const std::filesystem::path& folder, const SearchPlan& planned, const SearchPlan& now);

/// The data of a search, chosen and resident, ready to train on. Construction and destruction are collective.
class SearchData {
public:
    /// Fills in what the options leave open: options.search.frames becomes that of the longest clip.
    /// @param keeps_prints  for leak()
    /// @throws ConfigError, dist::AgreedError  as DataSet and search_clips
    SearchData(PlanOptions& options, const Ranks& ranks, bool keeps_prints);

    /// The plan as these data and options make it.
    SearchPlan plan(const Options& options) const;
    TrialSetting setting() const noexcept { return {options_, data_, clips_}; }
    /// How many validation clips show the same as clips that train, with an example; empty if none does.
    /// Needs keeps_prints. Collective; the answer is on the first rank.
    std::string leak(const Ranks& ranks) const;

private:
    const PlanOptions& options_;
    DataSet data_;
    EvaluationClips clips_;
};

}  // namespace sslslr
