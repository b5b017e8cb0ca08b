#include "src/jobs/job_plan.hpp"

namespace sslslr {

Progress progress_of(const JobPlan& plan, const LedgerState& state) {
    Progress progress;
    for (const auto& [id, job] : state.jobs()) {
        progress.done += job.status == JobStatus::done && plan.has(id);
        progress.running += job.status == JobStatus::running && plan.has(id);
    }
    for (const auto& job : plan.wanted(state)) {
        progress.waiting += state.of(job.id).status == JobStatus::free;
    }
    for (const auto& id : state.set_aside()) {
        if (plan.has(id)) {
            progress.set_aside.push_back({id, plan.name_of(id), state.of(id).error});
        }
    }
    return progress;
}

}  // namespace sslslr
