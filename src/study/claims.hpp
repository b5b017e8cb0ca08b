#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "src/study/study_results.hpp"

namespace sslslr {

/// What the results say of each claim: [{"id", "says", "verdict", "evidence"}], with verdict
///
///     holds                every comparison bears it out beyond its paired 95 % interval
///     does not hold        some comparison says the opposite beyond its interval
///     not distinguishable  neither
///     not tested here      nothing to compare, for the reason given
///
/// Comparisons are not corrected for their number; the evidence counts them.
/// @throws ConfigError  a claim names a table that the study does not have
nlohmann::json verdicts_of(const std::vector<ClaimSpec>& claims, const StudyResults& results);

}  // namespace sslslr
