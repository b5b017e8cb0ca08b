#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "dist/group.hpp"
#include "io/tensors/checkpoint_file.hpp"
#include "src/train/collapse.hpp"
#include "src/train/trainer.hpp"

namespace sslslr {

/// How a training is driven and what it leaves in its folder: metrics.jsonl and checkpoints/.
struct RunConfig {
    std::filesystem::path folder;
    std::int64_t last_step = 0;         ///< steps after which the training is done
    std::int64_t checkpoint_every = 0;  ///< steps; 0: only at the end
    std::int64_t keep_checkpoints = 2;  ///< older ones are deleted
    /// Steps between measurements of the spread of the outputs, which CollapseMonitor watches. The first and
    /// the last step have one, too; 0: only they; nothing: none is measured at all. A run that is extended,
    /// resumed with a later last step, keeps the measurement of its former end, which was true and is no
    /// longer due: one more than a run that was trained through has. The monitor passes over measurements
    /// that only an end asked for.
    std::optional<std::int64_t> spread_every;
    CollapseConfig collapse;
    std::map<std::string, std::string> attributes;  ///< written into every checkpoint
    /// Refuses to resume from a checkpoint of these attributes, on every rank alike; or keeps in `now`, the
    /// run's own, what is to be remembered of them.
    std::function<void(const std::map<std::string, std::string>& then,
                       std::map<std::string, std::string>& now)>
        check_attributes = [](const auto&, auto&) {};
};

/// What the caller sees and says while a training runs.
struct RunHooks {
    /// The run resumes from this step.
    std::function<void(std::int64_t step)> on_resume = [](std::int64_t) {};
    /// Nothing keeps the run from starting or resuming: what describes it may be written. Collective.
    std::function<void()> on_start = [] {};
    /// Before every step, counted from 1, on every rank.
    std::function<void(std::int64_t step)> before_step = [](std::int64_t) {};
    /// After every step, on every rank.
    std::function<void(const StepReport&)> on_step = [](const StepReport&) {};
    /// Before a checkpoint is written: what has to be beside it. Collective.
    std::function<void()> before_checkpoint = [] {};
    /// Writes one checkpoint; on rank 0, in a thread of its own. @throws io::DataError  tried again later
    std::function<void(const std::filesystem::path&, const io::CheckpointFile&)> write_checkpoint =
        io::write_checkpoint;
    std::function<void(const std::string&)> warn = [](const std::string&) {};  ///< on rank 0
    std::function<bool()> stop_requested = [] { return false; };
};

/// Trains to config.last_step, from the newest readable checkpoint of the folder if there is one. Collective.
///
/// Checkpoints are written in the background, from copies, while the training goes on; the last one is waited
/// for. Where one cannot be written (no space left), the training goes on, older ones stay, rank 0 warns and
/// tries again, and only a failure of the last one ends the run. So do rows of metrics.jsonl wait until they
/// can be written.
///
/// Outputs are measured on the trainer's fixed clips (config.spread_every), and how much of the frames' order
/// they show at the first step and at checkpoints; the first row of metrics.jsonl holds what they were before
/// any update, others what they are after their step.
///
/// A collapse (CollapseMonitor) is met as config.collapse says: by a warning, or by a checkpoint and an end.
/// @return false if a rank asked to stop: a checkpoint of that step is written, run again to go on
/// @throws TrainingError, dist::AgreedError  the training failed or collapsed, or the last checkpoint could
///                                           not be written; older ones stay
bool run_training(Trainer& trainer, dist::Group& group, const RunConfig& config, const RunHooks& hooks);

}  // namespace sslslr
