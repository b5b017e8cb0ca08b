#include "src/study/study_jobs.hpp"

namespace sslslr {

StudyJobs::StudyJobs(const ExperimentPlan& plan) : plan_{plan} {
    for (const auto& job : plan.pretrainings) {
        pretrainings_.emplace(job.id, &job);
    }
    for (const auto& job : plan.evaluations) {
        evaluations_.emplace(job.id, &job);
    }
}

std::vector<Job> StudyJobs::wanted(const LedgerState& state) const {
    std::vector<Job> jobs;
    for (const auto& job : plan_.evaluations) {
        if (job.pretraining.empty() || state.of(job.pretraining).status == JobStatus::done) {
            jobs.push_back({.id = job.id});
        }
    }
    for (const auto& job : plan_.pretrainings) {
        jobs.push_back({.id = job.id, .stage = 1 + job.run});
    }
    return jobs;
}

const PretrainingJob* StudyJobs::pretraining(const std::string& id) const {
    const auto found = pretrainings_.find(id);
    return found == pretrainings_.end() ? nullptr : found->second;
}

const EvaluationJob* StudyJobs::evaluation(const std::string& id) const {
    const auto found = evaluations_.find(id);
    return found == evaluations_.end() ? nullptr : found->second;
}

bool StudyJobs::has(const std::string& id) const {
    return pretraining(id) != nullptr || evaluation(id) != nullptr;
}

std::string StudyJobs::name_of(const std::string& id) const {
    if (const auto* const job = pretraining(id)) {
        return job->name;
    }
    const auto* const job = evaluation(id);
    return job == nullptr ? id : job->name;
}

}  // namespace sslslr
