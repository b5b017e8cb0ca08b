#include "src/boundary/trial_runner.hpp"

#include <algorithm>

#include "src/evaluate/embed.hpp"
#include "src/evaluate/metrics.hpp"

namespace sslslr {
namespace {

BatchConfig batches_of(const TrialSetting& setting, const Trial& trial) {
    auto config = setting.batches;
    config.seed += static_cast<std::uint64_t>(trial.repeat);
    config.augmentation.k1 = {.amount = trial.k1, .whole = setting.frames};
    config.augmentation.k2 = {.amount = trial.k2, .whole = setting.frames};
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

torch::Tensor labels_of(const TrialSetting& setting, const std::vector<std::int64_t>& clips) {
    std::vector<std::int64_t> labels;
    for (const auto clip : clips) {
        labels.push_back(setting.labels[static_cast<std::size_t>(clip)]);
    }
    return torch::tensor(labels, torch::kInt64);
}

void evaluate(Method& method, const TrialSetting& setting, std::uint64_t seed, dist::Group& group,
              TrialOutcome& outcome) {
    const auto features = [&](const std::vector<std::int64_t>& clips) {
        return embed(method, setting.features, clips, group).cpu().to(torch::kFloat32);
    };
    const LabelledFeatures known{features(setting.labelled), labels_of(setting, setting.labelled),
                                 setting.classes};
    const ProbeTrial probe{.seed = seed};
    const auto scores = probe_scores(known, features(setting.validation), {&probe, 1}, setting.probe)[0];
    const auto right = per_clip(sslslr::outcome(scores, labels_of(setting, setting.validation)).top1);
    for (const auto bit : right) {
        outcome.correct.push_back(bit > 0);
        outcome.accuracy += bit;
    }
    outcome.accuracy /= static_cast<double>(right.size());
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
    evaluate(*method, setting, config.seed, group, outcome);
    return outcome;
}

}  // namespace sslslr
