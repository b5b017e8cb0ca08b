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
    const PlanOptions& options;    ///< with search.frames set
    const DataSet& data;           ///< in memory
    const EvaluationClips& clips;  ///< its test clips are the validation clips of the search
};

/// A boundary found without a search: for the data set, in frames of a clip of length SearchConfig::frames,
/// and for each validation clip, in that clip's frames.
struct BoundaryEstimate {
    double k1 = 0;
    double k2 = 0;
    std::vector<ClipBoundary> clips;  ///< [validation clips]
};

struct TrialOutcome {
    double accuracy = 0;        ///< share of the validation clips that the probe classifies correctly
    std::vector<bool> correct;  ///< [validation clips]
    double loss = 0;            ///< of the last step; 0 without training
    double spread = 0;          ///< Spread::raw of the outputs at the end, on fixed clips; 0 without training
    std::optional<BoundaryEstimate> estimate;  ///< only from repeat 0 of a drawn trial
};

/// Trains an encoder from scratch, without checkpoints, and evaluates it frozen with a probe. Collective over
/// the group.
///
/// The outcome depends only on setting, trial and group.size() and is bit-identical on CPUs of one type.
/// @param should_stop  asked at each step on every rank; if it returns true on any rank, all ranks stop
/// @return nothing if the training was stopped
/// @throws TrainingError  the loss is not finite
std::optional<TrialOutcome> run_trial(const TrialSetting& setting, const Trial& trial, dist::Group& group,
                                      const std::function<bool()>& should_stop);

/// Returns the number of steps of a complete training.
std::int64_t steps_of(const TrialSetting& setting);

/// Returns the clips that a trial trains on: those that pretrain or, for a method that learns from labels,
/// the labelled training clips.
const std::vector<std::int64_t>& training_clips(const TrialSetting& setting);

}  // namespace sslslr
