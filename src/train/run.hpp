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

/// How a training runs and what it writes to its folder: metrics.jsonl and checkpoints/.
struct RunConfig {
    std::filesystem::path folder;
    std::int64_t last_step = 0;         ///< the training is complete after this step
    std::int64_t checkpoint_every = 0;  ///< steps; 0: only at the end
    std::int64_t keep_checkpoints = 2;  ///< older checkpoints are deleted
    /// Steps between measurements of the spread of the outputs, which CollapseMonitor watches. The first and
    /// the last step are measured, too. 0: only those two; no value: no measurements. A run that is resumed
    /// with a later last step keeps the measurement at its former last step, so it may have one more than a
    /// run that was trained in one go. The monitor ignores measurements that are only due to the end of a
    /// run.
    std::optional<std::int64_t> spread_every;
    CollapseConfig collapse;
    std::map<std::string, std::string> attributes;  ///< written into every checkpoint
    /// Refuses to resume from a checkpoint with the attributes `then`, on every rank alike, or copies to
    /// `now`, the run's own attributes, those that must be kept.
    std::function<void(const std::map<std::string, std::string>& then,
                       std::map<std::string, std::string>& now)>
        check_attributes = [](const auto&, auto&) {};
};

/// The caller's side of a training: notifications, messages and requests to stop.
struct RunHooks {
    /// The run resumes from this step.
    std::function<void(std::int64_t step)> on_resume = [](std::int64_t) {};
    /// All checks have passed, and the run starts or resumes: files that describe it may be written.
    /// Collective.
    std::function<void()> on_start = [] {};
    /// Before every step, counted from 1, on every rank.
    std::function<void(std::int64_t step)> before_step = [](std::int64_t) {};
    /// After every step, on every rank.
    std::function<void(const StepReport&)> on_step = [](const StepReport&) {};
    /// Called before a checkpoint is written, to write what must accompany it. Collective.
    std::function<void()> before_checkpoint = [] {};
    /// Writes one checkpoint; on rank 0, on a thread of its own.
    /// @throws io::DataError  tried again later
    std::function<void(const std::filesystem::path&, const io::CheckpointFile&)> write_checkpoint =
        io::write_checkpoint;
    std::function<void(const std::string&)> warn = [](const std::string&) {};  ///< on rank 0
    std::function<bool()> stop_requested = [] { return false; };
};

/// Trains to config.last_step, resuming from the folder's newest readable checkpoint if there is one.
/// Collective.
///
/// Checkpoints are copied and written in the background while the training continues; only the last one is
/// waited for. If one cannot be written (no space left), the training continues, older checkpoints are kept,
/// and rank 0 warns and tries again. Only a failure to write the last one ends the run with an error. Rows of
/// metrics.jsonl are likewise buffered until they can be written.
///
/// The spread of the outputs is measured on the trainer's fixed clips (config.spread_every); their
/// sensitivity to the order of frames at the first step and at checkpoints. The first row of metrics.jsonl
/// holds the measurements before any update, every other row those after its step.
///
/// A collapse (CollapseMonitor) leads to a warning or to a checkpoint and the end of the run, as
/// config.collapse says.
/// @return false if a rank asked to stop: a checkpoint of the current step is written, and the same command
///         resumes from it
/// @throws TrainingError, dist::AgreedError  the training failed or collapsed, or the last checkpoint could
///                                           not be written; older checkpoints are kept
bool run_training(Trainer& trainer, dist::Group& group, const RunConfig& config, const RunHooks& hooks);

}  // namespace sslslr
