#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "dist/group.hpp"
#include "src/augment/clip_boundary.hpp"
#include "src/boundary/trial.hpp"
#include "src/data/features.hpp"
#include "src/evaluate/probe.hpp"
#include "src/method/registry.hpp"
#include "src/train/batches.hpp"
#include "src/train/schedule.hpp"
#include "src/train/trainer.hpp"

namespace sslslr {

/// What all trials of a study share: data that stay resident, and how each one is trained and evaluated.
struct TrialSetting {
    const Features& features;
    std::vector<std::int64_t> train;       ///< clips that pretrain
    std::vector<std::int64_t> labelled;    ///< clips whose labels train the probe
    std::vector<std::int64_t> validation;  ///< clips that the accuracy is of, in the order of its bits
    std::vector<std::int64_t> labels;      ///< [features.clips()] class of each clip, -1 none
    std::int64_t classes = 0;
    std::int64_t frames = 0;  ///< n: a trial's k is a share k / n of each clip
    MethodConfig method;
    Precision precision = Precision::float32;
    TrainerConfig trainer;
    ScheduleConfig schedule;
    std::int64_t epochs = 1;
    std::int64_t max_steps = 0;  ///< 0: no limit
    BatchConfig batches;         ///< of repeat 0; others add to its seed
    ProbeConfig probe;
    std::vector<ClipBoundary>
        by_motion;  ///< [features.clips()] from the motion of the wrists; empty: no such trials
};

/// A boundary that needed no search: of the data set, in frames of TrialSetting::frames, and of each validation
/// clip, in its own frames.
struct BoundaryEstimate {
    double k1 = 0;
    double k2 = 0;
    std::vector<ClipBoundary> clips;  ///< [validation]
};

struct TrialOutcome {
    double accuracy = 0;                       ///< share of the validation clips that the probe gets right
    std::vector<bool> correct;                 ///< [validation]
    double loss = 0;                           ///< of the last step; 0 without training
    double spread = 0;                         ///< of the outputs, likewise
    std::optional<BoundaryEstimate> estimate;  ///< of the first repeat of a drawn or an adaptive trial
};

/// Trains an encoder from scratch and evaluates it, frozen, by a probe. Collective over the group.
///
/// A function of setting, trial and group.size(): the same bits wherever it runs on one type of CPU.
/// @param should_stop  asked after each step, on every rank; if it says so on any, all end
/// @return nothing if it was stopped
/// @throws TrainingError  the loss is not finite
std::optional<TrialOutcome> run_trial(const TrialSetting& setting, const Trial& trial, dist::Group& group,
                                      const std::function<bool()>& should_stop);

/// Steps of a trial that is not stopped.
std::int64_t steps_of(const TrialSetting& setting);

}  // namespace sslslr
