#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "dist/group.hpp"
#include "src/augment/clip_boundary.hpp"
#include "src/boundary/boundary_options.hpp"
#include "src/boundary/trial.hpp"
#include "src/protocol/evaluation_clips.hpp"
#include "src/run/data_set.hpp"

namespace sslslr {

/// What all trials of a search share.
struct TrialSetting {
    const PlanOptions& options;    ///< frames of the longest clip filled in
    const DataSet& data;           ///< resident
    const EvaluationClips& clips;  ///< those that test are the search's validation clips
};

/// A boundary that needed no search: of the data set, in frames of SearchConfig::frames, and of each
/// validation clip, in its own frames.
struct BoundaryEstimate {
    double k1 = 0;
    double k2 = 0;
    std::vector<ClipBoundary> clips;  ///< [validation clips]
};

struct TrialOutcome {
    double accuracy = 0;                       ///< share of the validation clips that the probe gets right
    std::vector<bool> correct;                 ///< [validation clips]
    double loss = 0;                           ///< of the last step; 0 without training
    double spread = 0;                         ///< of the outputs at the end, on fixed clips, likewise
    std::optional<BoundaryEstimate> estimate;  ///< of the first repeat of a drawn or an adaptive trial
};

/// Trains an encoder from scratch, in memory, and evaluates it, frozen, by a probe. Collective over the
/// group.
///
/// A function of setting, trial and group.size(): the same bits wherever it runs on one type of CPU.
/// @param should_stop  asked after each step, on every rank; if it says so on any, all end
/// @return nothing if it was stopped
/// @throws TrainingError  the loss is not finite
std::optional<TrialOutcome> run_trial(const TrialSetting& setting, const Trial& trial, dist::Group& group,
                                      const std::function<bool()>& should_stop);

/// Steps of a trial that is not stopped.
std::int64_t steps_of(const TrialSetting& setting);

/// The clips that a trial trains on without labels, or with them where its method learns from labels.
const std::vector<std::int64_t>& training_clips(const TrialSetting& setting);

}  // namespace sslslr
