#pragma once

#include <optional>

#include <nlohmann/json.hpp>

#include "src/boundary/observations.hpp"
#include "src/boundary/study_plan.hpp"

namespace sslslr {

/// One row a validation clip: its number, sign, own k1 and k2 (null: that side was not searched), whether it prefers any,
/// and what the global ones cost it: the mean of the searched sides' losses.
nlohmann::json clip_rows(const StudyPlan& plan, const std::optional<OwnBoundaries>& start,
                         const std::optional<OwnBoundaries>& end);

/// Mean loss over the clips of each sign, the largest first.
nlohmann::json sign_rows(const nlohmann::json& clips);

}  // namespace sslslr
