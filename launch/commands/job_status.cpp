#include "launch/commands/job_status.hpp"

#include <fmt/format.h>

namespace sslslr {

LedgerReport ledger_report(const JobPlan& plan, const LedgerFiles& files) {
    LedgerReport report{progress_of(plan, files.state()), files.state().counts(), files.damaged(), {}};
    for (const auto& [number, life] : files.state().workers()) {
        if (!life.left) {
            report.workers.push_back(life);
        }
    }
    return report;
}

void to_json(nlohmann::json& json, const LedgerReport& report) {
    const auto& [jobs, attempts, damaged, lives] = report;
    nlohmann::json workers = nlohmann::json::array();
    for (const auto& life : lives) {
        workers.push_back({{"worker", life.number}, {"host", life.host}, {"pid", life.pid}});
    }
    json = {{"done", jobs.done},
            {"running", jobs.running},
            {"waiting", jobs.waiting},
            {"set_aside", jobs.set_aside},
            {"failed_attempts", attempts.failed},
            {"lost_attempts", attempts.lost},
            {"released", attempts.released},
            {"cancelled", attempts.cancelled},
            {"cancelled_seconds", attempts.cancelled_seconds},
            {"recovered_results", attempts.recovered},
            {"late_results", attempts.late},
            {"differing_results", attempts.differing},
            {"accepted_twice", attempts.accepted_twice},
            {"damaged_lines", damaged},
            {"workers_not_left", workers}};
}

std::string counts_text(const LedgerReport& report) {
    const auto& [jobs, attempts, damaged, workers] = report;
    return fmt::format(
        "jobs         {} done, {} running, {} waiting, {} set aside\n"
        "attempts     {} failed, {} lost with their workers, {} released, {} cancelled as not needed "
        "({:.0f} s)\n"
        "results      {} recovered from dead workers, {} late (not accepted), {} of those differing\n"
        "files        {} damaged lines skipped\n"
        "workers      {} that have not exited (working or dead)\n",
        jobs.done, jobs.running, jobs.waiting, jobs.set_aside.size(), attempts.failed, attempts.lost,
        attempts.released, attempts.cancelled, attempts.cancelled_seconds, attempts.recovered, attempts.late,
        attempts.differing, damaged, workers.size());
}

std::string trouble_text(const LedgerReport& report, const std::string& command) {
    std::string text;
    for (const auto& job : report.jobs.set_aside) {
        text += fmt::format("set aside: {}: {}\n", job.name, job.error);
    }
    if (!report.jobs.set_aside.empty()) {
        text +=
            fmt::format("fix the cause, then start workers again (sslslr {}) with --retry failed\n", command);
    }
    if (report.attempts.differing > 0) {
        text +=
            "results of one job differ on CPUs of one type: check for failing memory or a mixed "
            "installation\n";
    }
    return text;
}

}  // namespace sslslr
