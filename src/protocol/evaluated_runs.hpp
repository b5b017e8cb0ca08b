#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "src/protocol/run_evaluation.hpp"
#include "src/protocol/seen_clips.hpp"
#include "src/run/pretrain_options.hpp"

namespace sslslr {

/// The options of several runs of one setting, each with its folder filled in.
/// @throws ConfigError  a folder holds no run; they differ by more than the seed, or not by it
std::vector<PretrainOptions> read_runs(const std::vector<std::string>& folders);

/// What the trainings of the runs were, as check_pretraining has found.
struct Trainings {
    SeenClips seen;                    ///< on the first rank
    std::vector<std::string> notes{};  ///< what a reader of the result must know, on the first rank
    std::int64_t steps = 0;
    std::vector<std::string> codes{};  ///< of the programs that trained each run
};

/// Looks at every run before the first is evaluated, which may take hours.
/// @throws ConfigError  their checkpoints are of different steps or data: no runs of one setting; or of
///                      different code, and this is not accepted
/// @throws dist::AgreedError  as seen_clips
Trainings check_pretraining(const std::vector<PretrainOptions>& runs, const EvaluationSetting& setting);

/// What a result file tells of these runs beside its table: clips, labels, data, seeds, code, notes.
nlohmann::json facts_of(const std::vector<PretrainOptions>& runs, const EvaluationSetting& setting,
                        const Trainings& trainings);

}  // namespace sslslr
