#pragma once

#include <functional>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "src/evaluate/intervals.hpp"
#include "src/study/experiment_plan.hpp"

namespace sslslr {

/// What a job came to, as its worker's journal holds it.
struct JobRecord {
    nlohmann::json outcome;
    nlohmann::json detail;
};

/// The accepted result of a job; nothing if it is not done.
using ResultOf = std::function<std::optional<JobRecord>(const std::string& job)>;

/// A table of the report, as src/report/study reads it; a pure function of the accepted results.
///
/// A figure is the mean over runs, a run's the mean over its test clips (each counted once, however many folds it tests
/// in). With several runs the interval is Student's over runs; with one it is a bootstrap over test clips, which knows
/// nothing of other seeds. The best method is compared with the second pairwise: run by run, or clip by clip.
nlohmann::json table_of(const PlannedTable& table, const ExperimentPlan& plan, const ResultOf& result_of);

/// The interval of a - b, paired run by run, or clip by clip where there is one run; nothing where results are missing
/// or one run has no clips to pair.
std::optional<Interval> paired_difference(const PlannedCell& a, const PlannedCell& b,
                                          const std::string& measure, const ExperimentPlan& plan,
                                          const ResultOf& result_of);

/// Confusion matrix and scores of each class, summed over runs and folds, for every done cell of a table of
/// accuracies.
nlohmann::json classes_of(const PlannedTable& table, const ExperimentPlan& plan, const ResultOf& result_of);

/// The table for the terminal. @param table  as table_of() made it
std::string text_of_table(const nlohmann::json& table);

}  // namespace sslslr
