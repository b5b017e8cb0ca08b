#include "src/boundary/trial_runner.hpp"

#include <algorithm>

#include "src/augment/wrist_motion.hpp"
#include "src/boundary/class_readout.hpp"
#include "src/boundary/sensitivity.hpp"
#include "src/data/clip_selection.hpp"
#include "src/evaluate/embed.hpp"
#include "src/evaluate/metrics.hpp"
#include "src/train/steps_under_way.hpp"

namespace sslslr {
namespace {

BatchConfig batches_of(const TrialSetting& setting, const Trial& trial) {
    auto config = setting.batches;
    config.seed += static_cast<std::uint64_t>(trial.repeat);
    config.augmentation.k1 = {.amount = trial.k1, .whole = setting.frames};
    config.augmentation.k2 = {.amount = trial.k2, .whole = setting.frames};
    if (trial.kind == Trial::Kind::drawn) {
        config.augmentation.boundary = BoundaryKind::drawn;
    } else if (trial.kind == Trial::Kind::adaptive) {
        config.augmentation.boundary = BoundaryKind::adaptive;
        config.boundaries = setting.by_motion;
    }
    return config;
}

/// @return false if it was stopped
bool train(Method& method, const TrialSetting& setting, const BatchConfig& config, dist::Group& group,
           const std::function<bool()>& should_stop, TrialOutcome& outcome) {
    const Batches batches{setting.features, setting.train, config, setting.labels};
    const Schedule schedule{setting.schedule, setting.epochs, batches.steps_per_epoch()};
    Trainer trainer{method, batches, setting.trainer, schedule, group};
    const auto steps =
        setting.max_steps > 0 ? std::min(setting.max_steps, schedule.steps()) : schedule.steps();
    const StepsUnderWay under_way{group};
    while (trainer.steps_done() < steps) {
        const auto report = trainer.step(should_stop());
        if (report.stop) {
            return false;
        }
        outcome.loss = report.loss;
        outcome.spread = report.spread.raw;
    }
    return true;
}

torch::Tensor labels_in(const TrialSetting& setting, const std::vector<std::int64_t>& clips) {
    return torch::tensor(labels_of(clips, setting.labels));
}

torch::Tensor features_of(Method& method, const TrialSetting& setting, const std::vector<std::int64_t>& clips,
                          dist::Group& group) {
    return embed(method, setting.features, clips, group).cpu().to(torch::kFloat32);
}

void classify(const LabelledFeatures& known, const torch::Tensor& queries, const TrialSetting& setting,
              std::uint64_t seed, TrialOutcome& outcome) {
    const ProbeTrial probe{.seed = seed};
    const auto scores = probe_scores(known, queries, {&probe, 1}, setting.probe)[0];
    const auto right = per_clip(sslslr::outcome(scores, labels_in(setting, setting.validation)).top1);
    for (const auto bit : right) {
        outcome.correct.push_back(bit > 0);
        outcome.accuracy += bit;
    }
    outcome.accuracy /= static_cast<double>(right.size());
}

BoundaryEstimate in_frames(const BoundaryShares& shares, const TrialSetting& setting,
                           std::vector<ClipBoundary> clips) {
    const auto frames = static_cast<double>(setting.frames);
    return {.k1 = shares.k1 * frames, .k2 = shares.k2 * frames, .clips = std::move(clips)};
}

/// By what of a clip's ends the trained features' view of the class depends on.
BoundaryEstimate estimate_by_sensitivity(Method& method, const LabelledFeatures& known,
                                         const TrialSetting& setting, std::uint64_t seed,
                                         dist::Group& group) {
    const ClassReadout readout{known};
    SensitivityConfig config{.seed = seed, .readout = readout};
    config.regions = std::min(config.regions, setting.frames);
    const auto sensitivity =
        permutation_sensitivity(method, setting.features, setting.validation, group, config);
    return in_frames(shares_of(sensitivity), setting,
                     boundaries_of(sensitivity, setting.features, setting.validation));
}

BoundaryEstimate estimate_by_motion(const TrialSetting& setting) {
    const auto chosen = [&](const std::vector<std::int64_t>& clips) {
        std::vector<ClipBoundary> boundaries;
        for (const auto clip : clips) {
            boundaries.push_back(setting.by_motion[static_cast<std::size_t>(clip)]);
        }
        return boundaries;
    };
    const auto train = chosen(setting.train);
    return in_frames(median_shares(setting.features, setting.train, train), setting,
                     chosen(setting.validation));
}

}  // namespace

std::int64_t steps_of(const TrialSetting& setting) {
    const Batches batches{setting.features, setting.train, setting.batches, setting.labels};
    const auto all = setting.epochs * batches.steps_per_epoch();
    return setting.max_steps > 0 ? std::min(setting.max_steps, all) : all;
}

std::optional<TrialOutcome> run_trial(const TrialSetting& setting, const Trial& trial, dist::Group& group,
                                      const std::function<bool()>& should_stop) {
    const auto config = batches_of(setting, trial);
    const auto method = make_method(setting.method, config.seed);
    method->set_precision(setting.precision);
    method->to(group.device());
    TrialOutcome outcome;
    if (trial.kind != Trial::Kind::random && !train(*method, setting, config, group, should_stop, outcome)) {
        return std::nullopt;
    }
    const LabelledFeatures known{features_of(*method, setting, setting.labelled, group),
                                 labels_in(setting, setting.labelled), setting.classes};
    classify(known, features_of(*method, setting, setting.validation, group), setting, config.seed, outcome);
    if (trial.kind == Trial::Kind::drawn && trial.repeat == 0) {
        outcome.estimate = estimate_by_sensitivity(*method, known, setting, config.seed, group);
    } else if (trial.kind == Trial::Kind::adaptive && trial.repeat == 0) {
        outcome.estimate = estimate_by_motion(setting);
    }
    return outcome;
}

}  // namespace sslslr
