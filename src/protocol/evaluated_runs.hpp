#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "src/protocol/run_evaluation.hpp"
#include "src/protocol/seen_clips.hpp"
#include "src/run/pretrain_options.hpp"

namespace sslslr {

/// Reads the options of several runs of one setting and sets the folder of each.
/// @throws ConfigError  a folder holds no run, runs differ by more than the seed, or two have the same seed
std::vector<PretrainOptions> read_runs(const std::vector<std::string>& folders);

/// What check_pretraining() found out about the trainings of the runs.
struct Trainings {
    SeenClips seen;                    ///< on the first rank
    std::vector<std::string> notes{};  ///< what a reader of the result must know, on the first rank
    std::int64_t steps = 0;            ///< done by each run
    std::vector<std::string> codes{};  ///< of the programs that trained each run
};

/// Checks all runs before the first is evaluated, which may take hours. Collective.
/// @throws ConfigError  checkpoints differ in steps or data, so these are no runs of one setting; or they
///                      differ in code, and this is not accepted
/// @throws dist::AgreedError  as seen_clips
Trainings check_pretraining(const std::vector<PretrainOptions>& runs, const EvaluationSetting& setting);

/// Returns what a result file holds besides its table: clips, labels, data, seeds, code and notes.
nlohmann::json facts_of(const std::vector<PretrainOptions>& runs, const EvaluationSetting& setting,
                        const Trainings& trainings);

}  // namespace sslslr
