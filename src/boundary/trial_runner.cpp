#include "src/boundary/trial_runner.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "src/boundary/class_readout.hpp"
#include "src/boundary/sensitivity.hpp"
#include "src/evaluate/metrics.hpp"
#include "src/protocol/run_evaluation.hpp"
#include "src/run/pretraining.hpp"
#include "src/train/epoch_steps.hpp"
#include "src/train/steps_under_way.hpp"

namespace sslslr {
namespace {

PretrainOptions options_of(const TrialSetting& setting, const Trial& trial) {
    auto options = setting.options.training;
    const auto length = [&](std::int64_t k) {
        return fmt::format("{}/{}", k, setting.options.search.frames);
    };
    options.seed += static_cast<std::uint64_t>(trial.repeat);
    options.k1 = length(trial.k1);
    options.k2 = length(trial.k2);
    options.boundary = trial.kind == Trial::Kind::drawn ? BoundaryKind::drawn : BoundaryKind::fixed;
    return options;
}

/// @return false if it was stopped
bool train(Pretraining& training, dist::Group& group, const std::function<bool()>& should_stop,
           TrialOutcome& outcome) {
    auto& trainer = training.trainer();
    const StepsUnderWay under_way{group};
    while (trainer.steps_done() < training.last_step()) {
        const auto report = trainer.step(should_stop());
        if (report.stop) {
            return false;
        }
        outcome.loss = report.loss;
    }
    outcome.spread = trainer.measure_spread().outputs().raw;
    return true;
}

BoundaryEstimate in_frames(const BoundaryShares& shares, const TrialSetting& setting,
                           std::vector<ClipBoundary> clips) {
    const auto frames = static_cast<double>(setting.options.search.frames);
    return {.k1 = shares.k1 * frames, .k2 = shares.k2 * frames, .clips = std::move(clips)};
}

/// Estimates boundaries by how much the ends of a clip matter to what the trained features say about its
/// class.
BoundaryEstimate estimate_by_sensitivity(Method& method, const TrialSetting& setting, std::uint64_t seed,
                                         dist::Group& group) {
    const auto& features = setting.data.features();
    const auto& clips = setting.clips;
    const ClassReadout readout{{embed(method, features, clips.train, group).cpu().to(torch::kFloat32),
                                torch::tensor(clips.classes_of(clips.train)), clips.classes()}};
    SensitivityConfig config{.seed = seed, .readout = readout};
    config.regions = std::min(config.regions, setting.options.search.frames);
    const auto sensitivity = permutation_sensitivity(method, features, clips.test, group, config);
    return in_frames(shares_of(sensitivity), setting, boundaries_of(sensitivity, features, clips.test));
}

}  // namespace

const std::vector<std::int64_t>& training_clips(const TrialSetting& setting) {
    return selection_of(setting.options.training).only_labelled ? setting.clips.train
                                                                : setting.clips.pretrain;
}

std::int64_t steps_of(const TrialSetting& setting) {
    const auto& options = setting.options.training;
    const auto all = options.epochs * epoch_steps(std::ssize(training_clips(setting)), options.global_batch);
    return options.max_steps > 0 ? std::min(options.max_steps, all) : all;
}

std::optional<TrialOutcome> run_trial(const TrialSetting& setting, const Trial& trial, dist::Group& group,
                                      const std::function<bool()>& should_stop) {
    const auto options = options_of(setting, trial);
    Pretraining training{options, setting.data, training_clips(setting), group};
    auto& method = training.method();
    TrialOutcome outcome;
    if (trial.kind != Trial::Kind::random && !train(training, group, should_stop, outcome)) {
        return std::nullopt;
    }
    const auto scores = protocol_scores(
        method, probe_of(setting.options),
        protocol_setting(options, setting.data, setting.clips, group, training.batch_config()));
    const auto truth = torch::tensor(setting.clips.classes_of(setting.clips.test));
    for (const auto bit : per_clip(sslslr::outcome(scores->test, truth).top1)) {
        outcome.correct.push_back(bit > 0);
    }
    outcome.accuracy = static_cast<double>(std::ranges::count(outcome.correct, true)) /
                       static_cast<double>(outcome.correct.size());
    if (trial.kind == Trial::Kind::drawn && trial.repeat == 0) {
        outcome.estimate = estimate_by_sensitivity(method, setting, options.seed, group);
    }
    return outcome;
}

}  // namespace sslslr
