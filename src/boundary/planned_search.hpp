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

/// The plan and options of a search without its data, which is all that status and report need.
struct PlannedSearch {
    PlanOptions options;
    SearchPlan plan;

    SearchJobs jobs() const { return {options.search, plan.identity, options.compare}; }
};

/// Reads a search back from its folder.
/// @throws ConfigError  the folder holds no plan; io::DataError  the plan cannot be read
PlannedSearch read_search(const std::filesystem::path& folder);

/// Returns the folder of a search as error messages name it.
PlanFolder search_folder(const std::filesystem::path& folder);

/// Checks that two plans have the same data and the same options that decide results.
/// @throws ConfigError  names the first difference
void check_same(const std::filesystem::path& folder, const SearchPlan& planned, const SearchPlan& now);

/// The data set of a search, in memory, with its clips selected. Construction and destruction are collective.
class SearchData {
public:
    /// Loads the data and sets options.search.frames to the length of the longest clip that pretrains.
    /// @param options       must outlive this
    /// @param keeps_prints  whether clips are fingerprinted, which leak() needs
    /// @throws ConfigError, dist::AgreedError  as DataSet, search_clips and check(SearchConfig)
    SearchData(PlanOptions& options, const Ranks& ranks, bool keeps_prints);

    /// Returns the plan for these data and options.
    SearchPlan plan(const Options& options) const;
    /// Returns {k1, k2} of differing_frames() by the labelled training clips; empty if there are none.
    std::vector<std::int64_t> differing() const;
    TrialSetting setting() const noexcept { return {options_, data_, clips_}; }
    /// Returns a warning that counts the validation clips that show the same as clips that pretrain, with an
    /// example; empty if none does. Needs keeps_prints. Collective; the warning is on the first rank.
    std::string leak(const Ranks& ranks) const;

private:
    const PlanOptions& options_;
    DataSet data_;
    EvaluationClips clips_;
};

}  // namespace sslslr
