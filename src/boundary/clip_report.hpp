#pragma once

#include <nlohmann/json.hpp>

#include "src/boundary/observations.hpp"
#include "src/boundary/study_plan.hpp"

namespace sslslr {

/// One row a validation clip: its number, sign, own k1 and k2, whether it prefers any, and what the global ones
/// cost it: the mean of both sides' losses.
nlohmann::json clip_rows(const StudyPlan& plan, const OwnBoundaries& start, const OwnBoundaries& end);

/// Mean loss over the clips of each sign, the largest first.
nlohmann::json sign_rows(const nlohmann::json& clips);

}  // namespace sslslr
