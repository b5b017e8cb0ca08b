#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "launch/pretrain_options.hpp"
#include "launch/run_evaluation.hpp"

namespace sslslr {

/// The options of several runs of one setting, each with its folder filled in.
/// @throws ConfigError  a folder holds no run; they differ by more than the seed, or not by it
std::vector<PretrainOptions> read_runs(const std::vector<std::string>& folders);

/// What the trainings of the runs were, as check_pretraining has found.
struct Trainings {
    std::int64_t seen = 0;  ///< test clips that they were trained on, without labels
    std::int64_t steps = 0;
};

/// Looks at every run before the first is evaluated, which may take hours.
/// @throws ConfigError  their checkpoints are of different steps or data: no runs of one setting
Trainings check_pretraining(const std::vector<PretrainOptions>& runs, const EvaluationSetting& setting);

}  // namespace sslslr
