#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "src/study/study_results.hpp"

namespace sslslr {

/// What the results say about a claim.
struct ClaimVerdict {
    std::string id;
    std::string says;
    std::string verdict;
    std::string evidence;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ClaimVerdict, id, says, verdict, evidence)

/// Judges each claim. Verdicts are
///
///     holds                every comparison supports it beyond its paired 95 % interval
///     does not hold        some comparison says the opposite beyond its interval
///     not distinguishable  neither
///     not tested here      nothing to compare, for the reason given
///
/// Comparisons are not corrected for their number; the evidence counts them.
/// @throws ConfigError  a claim names a table that the study does not have
std::vector<ClaimVerdict> verdicts_of(const std::vector<ClaimSpec>& claims, const StudyResults& results);

}  // namespace sslslr
