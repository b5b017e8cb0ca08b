#include "src/jobs/dealer.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace sslslr {

void Dealer::want(std::vector<Job> jobs) {
    jobs_ = std::move(jobs);
    std::ranges::sort(jobs_, {}, [](const Job& job) { return std::tuple{job.stage, -job.cost, job.id}; });
    names_.clear();
    for (const auto& job : jobs_) {
        names_.insert(job.id);
    }
    first_ = 0;
}

std::optional<std::string> Dealer::next(const LedgerState& state) {
    if (state.returns() != seen_returns_) {
        seen_returns_ = state.returns();
        first_ = 0;
    }
    for (; first_ < jobs_.size(); ++first_) {
        if (state.of(jobs_[first_].id).status == JobStatus::free) {
            return jobs_[first_].id;
        }
    }
    return std::nullopt;
}

bool Dealer::is_finished(const LedgerState& state) const {
    return std::ranges::all_of(jobs_, [&](const Job& job) {
        const auto status = state.of(job.id).status;
        return status == JobStatus::done || status == JobStatus::set_aside;
    });
}

}  // namespace sslslr
