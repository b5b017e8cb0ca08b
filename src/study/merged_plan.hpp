#pragma once

#include "src/study/experiment_plan.hpp"

namespace sslslr {

/// The plan of a part of a study, and what an earlier plan of the same study file holds beside it. Where that one knew other
/// data under a name, it is of no use, and `now` is all.
ExperimentPlan merged(const ExperimentPlan& now, const ExperimentPlan& before);

}  // namespace sslslr
