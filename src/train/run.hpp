#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "dist/group.hpp"
#include "src/train/trainer.hpp"

namespace sslslr {

/// How a training is driven and what it leaves in its folder: metrics.jsonl and checkpoints/.
struct RunConfig {
    std::filesystem::path folder;
    std::int64_t last_step = 0;         ///< steps after which the training is done
    std::int64_t checkpoint_every = 0;  ///< steps; 0: only at the end
    std::int64_t keep_checkpoints = 2;  ///< older ones are deleted
    std::map<std::string, std::string>
        attributes;  ///< written into every checkpoint; a run goes on only with the same
};

/// What the caller sees and says while a training runs.
struct RunHooks {
    std::function<void(std::int64_t step)> on_resume = [](std::int64_t) {
    };  ///< the run goes on from this step
    std::function<void(const StepReport&)> on_step = [](const StepReport&) {
    };  ///< after every step, on every rank
    std::function<void(const std::string&)> warn = [](const std::string&) {};
    std::function<bool()> stop_requested = [] { return false; };
};

/// Trains to config.last_step, from the newest readable checkpoint of the folder if there is one. Collective.
///
/// The newest checkpoint is the one with the highest step; a damaged one is passed over with a warning.
/// @return false if a rank asked to stop: a checkpoint of that step is written, run again to go on
/// @throws TrainingError, dist::AgreedError  the training failed, or a file could not be written; older checkpoints stay
bool run_training(Trainer& trainer, dist::Group& group, const RunConfig& config, const RunHooks& hooks);

/// The newest readable checkpoint of a run, on every rank; none if the folder holds none. Collective.
/// @param warn  hears, on rank 0, of damaged ones that were passed over
/// @throws dist::AgreedError  there are checkpoints, but all are damaged
std::optional<io::CheckpointFile> read_newest(const std::filesystem::path& run,
                                              const dist::Communicator& ranks,
                                              const std::function<void(const std::string&)>& warn);

}  // namespace sslslr
