#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "src/evaluate/intervals.hpp"
#include "src/study/experiment_plan.hpp"

namespace sslslr {

/// The result of a job as its worker's journal holds it.
struct JobRecord {
    nlohmann::json outcome;
    nlohmann::json detail;
};

/// Returns the accepted result of a job; nothing if it is not done.
using ResultOf = std::function<std::optional<JobRecord>(const std::string& job)>;

/// The values behind a cell's figure: one per run and, if the measure is a share of test clips, one per clip
/// of the first run.
struct CellValues {
    std::vector<double> runs;
    std::vector<double> clips;
};

/// The mean over the runs and its interval: Student's over several runs, a bootstrap over the test clips of a
/// single run. A single run of a measure that is no share of clips has no interval.
struct Figure {
    double mean = 0;
    std::optional<Interval> interval;
};

/// The accepted results of a planned study, each looked up once.
///
/// A figure is the mean over runs. The value of a run is the mean over its test clips (each counted once,
/// however many folds it tests in) or over its folds. A run with a missing fold does not count.
class StudyResults {
public:
    /// @param plan  must outlive this
    StudyResults(const ExperimentPlan& plan, ResultOf result_of);

    const ExperimentPlan& plan() const { return plan_; }
    const EvaluationJob& evaluation(const std::string& id) const { return *evaluations_.at(id); }
    const FoldFacts& fold(const EvaluationJob& job) const;
    /// Returns the result of a job; null if it is not done.
    const JobRecord* record(const std::string& id) const;

    CellValues values(const PlannedCell& cell, const std::string& measure) const;
    /// Returns the figure of a cell; nothing if no run is done.
    std::optional<Figure> figure(const PlannedCell& cell, const std::string& measure) const;
    /// Returns the interval of a - b, paired by run over the runs that both have, or by clip if there is only
    /// one. A cell with a single run is paired with every run of the other. Nothing if both have no run in
    /// common, or one without clips to pair.
    std::optional<Interval> difference(const PlannedCell& a, const PlannedCell& b,
                                       const std::string& measure) const;

private:
    std::vector<double> run_values(const std::vector<std::string>& jobs, const std::string& measure) const;

    const ExperimentPlan& plan_;
    ResultOf result_of_;
    std::map<std::string, const EvaluationJob*> evaluations_;
    mutable std::map<std::string, std::optional<JobRecord>> records_;  ///< looked up so far
};

/// Returns the figure of the values, which must hold a run.
Figure figure_of(const CellValues& values);

}  // namespace sslslr
