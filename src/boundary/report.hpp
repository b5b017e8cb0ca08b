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
    std::vector<double> accuracies;  ///< one per repeat that is done
    double mean = 0;
    std::optional<Interval> interval;           ///< of two repeats or more
    std::optional<Interval> against_reference;  ///< paired difference to k = 0
    std::optional<KVerdict> verdict;            ///< nothing for k = 0
};

struct SideReport {
    std::vector<CurvePoint> curve;
    std::optional<Verdict> verdict;  ///< once the side has its answer
    bool is_decided = false;         ///< false also if a race used all repeats without deciding
    std::string why;                 ///< why the search ended or is stuck
};

/// What a search mode answers on the same results.
struct ModeAnswer {
    SearchMode mode = SearchMode::tolerant;
    std::optional<std::int64_t> k1;
    std::optional<std::int64_t> k2;
    std::optional<std::int64_t> trainings;  ///< that the answer needs; nothing if not decided here
};

/// One row of the comparison: a control, a boundary without a search, or the answer on both sides at once.
struct Comparison {
    std::string what;
    std::vector<double> accuracies;
    std::int64_t trainings = 0;  ///< cost, in trainings
    std::optional<Interval> interval;
    std::optional<Interval> against_none;  ///< paired difference to no permutation
    std::optional<double> k1;              ///< for the data set, estimated without a search
    std::optional<double> k2;
    std::optional<double> near_k1;  ///< share of clips whose own k1 is within a step of the search's
    std::optional<double> near_k2;
};

struct SearchCost {
    std::int64_t jobs = 0;
    std::int64_t most_jobs = 0;
    double rank_seconds = 0;
    std::int64_t cancelled_jobs = 0;
    double cancelled_seconds = 0;
    std::int64_t lost_attempts = 0;
    std::optional<double> busy_share;  ///< time on jobs over all time, of workers that have left
};

/// What a search has found so far.
struct BoundaryReport {
    std::optional<std::int64_t> k1;  ///< once it is known; never for a side that is not searched
    std::optional<std::int64_t> k2;
    std::string warning;  ///< if k1 and k2 overlap, or no training is better than random weights
    std::string code;
    SearchConfig search;
    std::string validated_by;
    std::size_t validation_clips = 0;
    SideReport start;
    SideReport end;
    std::vector<ModeAnswer> other_modes;
    std::vector<Comparison> comparisons;
    std::optional<std::vector<ClipRow>> clips;  ///< once k1 and k2 are known, with two repeats or more
    std::optional<std::vector<SignRow>> signs;  ///< once the pairs around the answer are trained
    SearchCost cost;
};

/// Reports on the results so far.
/// @param files  as read_ledger() returns them; missing results are left out
BoundaryReport report_of(const SearchPlan& plan, const SearchJobs& jobs, const LedgerFiles& files);

/// Returns the report for the terminal.
std::string text_of_report(const BoundaryReport& report);

/// Writes the report for a file. Unknown values are null in the report itself, its clips, modes and cost;
/// elsewhere they are left out.
void to_json(nlohmann::json& json, const BoundaryReport& report);

}  // namespace sslslr
