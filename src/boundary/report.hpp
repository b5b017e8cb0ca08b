#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "src/boundary/clip_report.hpp"
#include "src/boundary/observations.hpp"
#include "src/boundary/search_jobs.hpp"
#include "src/boundary/search_plan.hpp"
#include "src/jobs/ledger_files.hpp"

namespace sslslr {

/// Accuracy at one k.
struct CurvePoint {
    std::int64_t k = 0;
    std::vector<double> accuracies;  ///< of the repeats that are done
    double mean = 0;
    std::optional<Interval> interval;           ///< of two repeats or more
    std::optional<Interval> against_reference;  ///< paired
};

struct SideReport {
    std::vector<CurvePoint> curve;
    std::optional<Verdict> verdict;  ///< once the side has its answer
    std::string why;                 ///< the search ended, or is stuck
};

/// What a mode would answer by the same results.
struct ModeAnswer {
    SearchMode mode = SearchMode::tolerant;
    bool halving = false;
    std::optional<std::int64_t> k1;
    std::optional<std::int64_t> k2;
    std::optional<std::int64_t> trainings;  ///< that the answer rests on; nothing: not known by these results
};

/// What the answer is compared with, and the answer itself on both sides at once.
struct Comparison {
    std::string what;
    std::vector<double> accuracies;
    std::int64_t trainings = 0;  ///< that it costs
    std::optional<Interval> interval;
    std::optional<Interval> against_none;  ///< paired
    std::optional<double> k1;              ///< of the data set, by a boundary without a search
    std::optional<double> k2;
    std::optional<double> near_k1;  ///< share of clips whose own is within a step of the search's
    std::optional<double> near_k2;
};

struct SearchCost {
    std::int64_t jobs = 0;
    std::int64_t most_jobs = 0;
    double rank_seconds = 0;
    std::int64_t cancelled_jobs = 0;
    double cancelled_seconds = 0;
    std::int64_t lost_attempts = 0;
    std::optional<double> busy_share;  ///< of the time of workers that have left
};

/// What a search has found so far.
struct BoundaryReport {
    std::optional<std::int64_t> k1;  ///< once it is known; never of a side that is not searched
    std::optional<std::int64_t> k2;
    std::string warning;  ///< k1 and k2 overlap; else empty
    std::string code;
    SearchConfig search;
    std::string validated_by;
    std::size_t validation_clips = 0;
    SideReport start;
    SideReport end;
    std::vector<ModeAnswer> other_modes;
    std::vector<Comparison> comparisons;
    std::optional<std::vector<ClipRow>> clips;  ///< nothing until there are two repeats of all k
    std::optional<std::vector<SignRow>> signs;  ///< likewise
    SearchCost cost;
};

/// @param files  read and told; results that are missing are left out
BoundaryReport report_of(const SearchPlan& plan, const SearchJobs& jobs, const LedgerFiles& files);

/// For people.
std::string text_of_report(const BoundaryReport& report);

/// For a file: what is not known is null in the report, its clips and modes, and left out elsewhere.
void to_json(nlohmann::json& json, const BoundaryReport& report);

}  // namespace sslslr
