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

/// What a job came to, as its worker's journal holds it.
struct JobRecord {
    nlohmann::json outcome;
    nlohmann::json detail;
};

/// The accepted result of a job; nothing if it is not done.
using ResultOf = std::function<std::optional<JobRecord>(const std::string& job)>;

/// What a cell's figure is made of: a number a run and, of shares of test clips, a number a clip of the first run.
struct CellValues {
    std::vector<double> runs;
    std::vector<double> clips;
};

/// The mean over the runs and its interval: Student's over several runs, a bootstrap over test clips of one, none where
/// one run's measure is not of clips.
struct Figure {
    double mean = 0;
    std::optional<Interval> interval;
};

/// The accepted results of a planned study, each looked up once.
///
/// A figure is the mean over runs, a run's the mean over its test clips (each counted once, however many folds it tests
/// in) or over its folds. A run of which a fold is missing does not count.
class StudyResults {
public:
    /// @param plan  must outlive this
    StudyResults(const ExperimentPlan& plan, ResultOf result_of);

    const ExperimentPlan& plan() const { return plan_; }
    const EvaluationJob& evaluation(const std::string& id) const { return *evaluations_.at(id); }
    const FoldFacts& fold(const EvaluationJob& job) const;
    /// Null if the job is not done.
    const JobRecord* record(const std::string& id) const;

    CellValues values(const PlannedCell& cell, const std::string& measure) const;
    /// Nothing if no run is done.
    std::optional<Figure> figure(const PlannedCell& cell, const std::string& measure) const;
    /// Of a - b, paired run by run over the runs that both have, or clip by clip where that is one; nothing where there is
    /// none, or one without clips to pair.
    std::optional<Interval> difference(const PlannedCell& a, const PlannedCell& b,
                                       const std::string& measure) const;

private:
    std::vector<double> run_values(const std::vector<std::string>& jobs, const std::string& measure) const;

    const ExperimentPlan& plan_;
    ResultOf result_of_;
    std::map<std::string, const EvaluationJob*> evaluations_;
    mutable std::map<std::string, std::optional<JobRecord>> records_;  ///< looked up so far
};

/// Of values that are there.
Figure figure_of(const CellValues& values);

}  // namespace sslslr
