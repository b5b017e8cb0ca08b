#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "src/jobs/job_plan.hpp"
#include "src/jobs/ledger_files.hpp"

namespace sslslr {

/// The state of the jobs of a study or a boundary search, for its status command.
struct LedgerReport {
    Progress jobs;
    LedgerCounts attempts;
    std::int64_t damaged_lines = 0;
    std::vector<Life> workers;  ///< those that have not left: at work, or dead
};

/// Summarises a ledger whose journals have been read.
LedgerReport ledger_report(const JobPlan& plan, const LedgerFiles& files);

void to_json(nlohmann::json& json, const LedgerReport& report);

/// Returns the counts as text, one per line.
std::string counts_text(const LedgerReport& report);

/// Describes problems that need the user's attention and what to do about them; empty if there are none.
/// @param command  command that works on the jobs: "boundary work"
std::string trouble_text(const LedgerReport& report, const std::string& command);

}  // namespace sslslr
