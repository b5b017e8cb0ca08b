#include "src/jobs/ledger_state.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sslslr {

const JobState& LedgerState::of(const std::string& job) const {
    static const JobState unknown;
    const auto found = jobs_.find(job);
    return found == jobs_.end() ? unknown : found->second;
}

std::vector<std::string> LedgerState::set_aside() const {
    std::vector<std::string> ids;
    for (const auto& [id, job] : jobs_) {
        if (job.status == JobStatus::set_aside) {
            ids.push_back(id);
        }
    }
    std::ranges::sort(ids);
    return ids;
}

bool LedgerState::accepts(const std::string& job, std::int64_t attempt) const {
    const auto& state = of(job);
    return state.status != JobStatus::done && attempt >= state.attempt;
}

void LedgerState::apply(const nlohmann::json& record) {
    const auto what = record.value("what", "");
    if (what == "life" || what == "left") {
        apply_to_worker(what, record);
        return;
    }
    const auto name = record.value("job", "");
    auto& job = jobs_[name];
    const auto attempt = record.value("attempt", std::int64_t{0});
    const bool is_current = job.status == JobStatus::running && attempt == job.attempt;
    if (what == "claim" && job.status == JobStatus::free && attempt > job.attempt) {
        job.status = JobStatus::running;
        job.attempt = attempt;
        job.worker = record.value("worker", std::int64_t{0});
        job.life = record.value("life", std::int64_t{0});
    } else if (what == "done") {
        if (accepts(name, attempt)) {
            finish(job, record);
        } else {
            ++counts_.accepted_twice;
        }
    } else if (what == "failed" && is_current) {
        ++counts_.failed;
        ++job.failures;
        job.error = record.value("error", "");
        give_back(job);
    } else if (what == "lost" && is_current) {
        ++counts_.lost;
        ++job.losses;
        give_back(job);
    } else if (what == "released" && is_current) {
        ++counts_.released;
        give_back(job);
    } else if (what == "cancelled" && is_current) {
        ++counts_.cancelled;
        counts_.cancelled_seconds += record.value("seconds", 0.0);
        give_back(job);
    } else if (what == "late") {
        ++counts_.late;
        counts_.differing += job.status == JobStatus::done && record.value("cpu", "") == job.cpu &&
                             record.value("digest", "") != job.digest;
    } else if (what == "retry" && job.status != JobStatus::done) {
        job.failures = 0;
        job.losses = 0;
        if (job.status == JobStatus::set_aside) {
            give_back(job);
        }
    }
}

void LedgerState::finish(JobState& job, const nlohmann::json& record) {
    job.status = JobStatus::done;
    job.attempt = record.value("attempt", std::int64_t{0});
    job.worker = record.value("worker", std::int64_t{0});
    job.outcome = record.value("outcome", nlohmann::json::object());
    job.digest = record.value("digest", "");
    job.cpu = record.value("cpu", "");
    job.seconds = record.value("seconds", 0.0);
    counts_.recovered += record.value("recovered", false);
    ++results_;
}

void LedgerState::give_back(JobState& job) {
    const bool is_hopeless = job.failures >= limits_.failures || job.losses >= limits_.losses;
    job.status = is_hopeless ? JobStatus::set_aside : JobStatus::free;
    if (job.losses >= limits_.losses) {
        job.error = fmt::format("its worker vanished {} times", job.losses);
    }
    ++returns_;
}

void LedgerState::apply_to_worker(const std::string& what, const nlohmann::json& record) {
    auto& life = workers_[record.value("worker", std::int64_t{0})];
    const auto number = record.value("life", std::int64_t{0});
    if (what == "life") {
        life = {
            .number = number, .host = record.value("host", ""), .pid = record.value("pid", std::int64_t{0})};
    } else if (number == life.number && !life.left) {
        life.left = true;
        life.busy_seconds = record.value("busy", 0.0);
        life.alive_seconds = record.value("alive", 0.0);
        busy_seconds_ += life.busy_seconds;
        alive_seconds_ += life.alive_seconds;
    }
}

}  // namespace sslslr
