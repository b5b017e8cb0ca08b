#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "src/jobs/job_plan.hpp"
#include "src/jobs/ledger_files.hpp"

namespace sslslr {

/// How far the jobs of a study or a search are, for its status command.
struct LedgerReport {
    Progress jobs;
    LedgerCounts attempts;
    std::int64_t damaged_lines = 0;
    std::vector<Life> workers;  ///< that have not left: at work, or dead
};

/// @param files  with their journals
LedgerReport ledger_report(const JobPlan& plan, const LedgerFiles& files);

void to_json(nlohmann::json& json, const LedgerReport& report);

/// The counts, a line each.
std::string counts_text(const LedgerReport& report);

/// What went wrong for good and what to do; empty where all is well.
/// @param command  that works on the jobs: "boundary work"
std::string trouble_text(const LedgerReport& report, const std::string& command);

}  // namespace sslslr
