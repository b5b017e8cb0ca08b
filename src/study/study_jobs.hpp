#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "src/jobs/job_plan.hpp"
#include "src/study/experiment_plan.hpp"

namespace sslslr {

/// The jobs of a planned study by id, and which of them can be done now.
class StudyJobs : public JobPlan {
public:
    /// @param plan  must outlive this
    explicit StudyJobs(const ExperimentPlan& plan);

    /// Returns all trainings, and the evaluations whose trainings are done. Evaluations go first, then
    /// trainings run by run, so that the tables have one run of everything before a second begins.
    std::vector<Job> wanted(const LedgerState& state) const override;

    /// Return the job; null if it is of the other kind, or unknown.
    const PretrainingJob* pretraining(const std::string& id) const;
    const EvaluationJob* evaluation(const std::string& id) const;
    bool has(const std::string& id) const override;
    std::string name_of(const std::string& id) const override;

private:
    const ExperimentPlan& plan_;
    std::unordered_map<std::string, const PretrainingJob*> pretrainings_;
    std::unordered_map<std::string, const EvaluationJob*> evaluations_;
};

}  // namespace sslslr
