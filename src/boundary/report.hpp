#pragma once

#include <nlohmann/json.hpp>

#include "src/boundary/study.hpp"
#include "src/boundary/study_plan.hpp"
#include "src/jobs/ledger_files.hpp"

namespace sslslr {

/// What a search has found so far, as one object:
///
///     k1, k2            the answer, null until it is known; "warning" if they overlap
///     start, end        "curve": for each k "accuracies", "mean", "interval", "against_reference" (paired);
///                       "verdict": "is_supported", "against_reference", "worse_k", "worse_by"; "why" it ended
///     comparisons       the answer on both sides at once, no permutation, random weights, and what needs no
///                       search: "accuracies", "interval", "against_none" (paired), "trainings" it costs, and
///                       for boundaries without a search "k1", "k2" of the data set and how far single clips'
///                       agree with the search
///     other_modes       what each mode would answer by the same results, and the "trainings" that rests on
///     clips, signs      per-observation analysis, see OwnBoundaries; null until there are two repeats of all k
///     cost              "jobs", "rank_seconds", what was cancelled, ...
///
/// @param files  read and told; results that are missing are left out
nlohmann::json report_of(const StudyPlan& plan, const BoundaryJobs& jobs, const LedgerFiles& files);

/// The same for people.
std::string text_of_report(const nlohmann::json& report);

}  // namespace sslslr
