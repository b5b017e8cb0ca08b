#pragma once

#include "src/study/experiment_plan.hpp"

namespace sslslr {

/// Returns the plan of a part of a study with all that only an earlier plan of the same study file holds
/// added to it. If the earlier plan had other data under one of the names, returns `now`.
ExperimentPlan merged(const ExperimentPlan& now, const ExperimentPlan& before);

}  // namespace sslslr
