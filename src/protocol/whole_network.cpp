#include "src/protocol/whole_network.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/checksum.hpp"
#include "src/data/gather.hpp"
#include "src/errors.hpp"
#include "src/evaluate/embed.hpp"
#include "src/evaluate/metrics.hpp"
#include "src/method/supervised.hpp"
#include "src/protocol/protocol_options.hpp"
#include "src/train/epoch_steps.hpp"
#include "src/train/run.hpp"
#include "src/train/steps_under_way.hpp"
#include "src/train/weights.hpp"

namespace sslslr {
namespace {

constexpr std::int64_t steps_between_checkpoints = 500;

void copy_encoder(const Method& from, Method& to) {
    io::CheckpointFile weights;
    for (const auto& [name, tensor] : state_tensors(from)) {
        weights.tensors.emplace("model/" + name, tensor);
    }
    load_weights(to, weights, "encoder.");
}

std::shared_ptr<Method> start_of(const Method* trained, const ProtocolSetting& setting) {
    auto config = setting.method;
    config.kind = method_named("supervised");
    config.classes = setting.clips.classes();
    auto method = make_method(config, setting.batches.seed);
    method->set_precision(setting.precision);
    method->to(setting.group.device());
    if (trained != nullptr) {
        copy_encoder(*trained, *method);
    }
    return method;
}

/// One training of a whole network.
struct Task {
    const Method* trained;  ///< starts from its encoder; nullptr: from fresh weights
    ProtocolConfig config;  ///< with one number of epochs
    const std::vector<std::int64_t>& clips;
    const LabelledClips& labelled;  ///< holds the labels of the clips
};

/// Identifies a training by its first weights, clips, labels and settings, so that it resumes only its own
/// checkpoints.
std::string fingerprint_of(const Method& start, const Task& task, const ProtocolSetting& setting) {
    auto fields = task.config;
    Options options{""};
    declare(options, fields);
    const auto settings = fmt::format("{}{}seed = {}\n{}", setting.identity, text_of(options.deciding()),
                                      setting.batches.seed, fmt::join(task.clips, " "));
    io::Checksum checksum;
    checksum.add(std::as_bytes(std::span{settings}));
    checksum.add(std::as_bytes(std::span{task.labelled.by_clip()}));
    checksum.add(std::as_bytes(std::span{setting.features.offsets}));
    const auto first = gather(setting.features, std::span{task.clips}.first(1)).frames.cpu().contiguous();
    checksum.add({static_cast<const std::byte*>(first.const_data_ptr()), first.nbytes()});
    return fmt::format("{:016x}-{:016x}", weights_fingerprint(start), checksum.value());
}

/// Returns the folder of this training's checkpoints, the same on every rank. Collective.
std::filesystem::path folder_of(const Method& start, const Task& task, const ProtocolSetting& setting) {
    std::string name;
    agree(setting.group.communicator(), [&] {
        if (setting.group.rank() == 0) {
            name = fingerprint_of(start, task, setting);
        }
    });
    return setting.checkpoints / setting.group.communicator().broadcast(name);
}

/// @return false if it was stopped
bool train_at_once(Trainer& trainer, const Schedule& schedule, const ProtocolSetting& setting) {
    const StepsUnderWay under_way{setting.group};
    while (trainer.steps_done() < schedule.steps()) {
        const auto report = trainer.step(setting.should_stop());
        setting.on_step(report);
        if (report.stop && report.step < schedule.steps()) {
            return false;
        }
    }
    return true;
}

/// The same with checkpoints in `folder`. They are kept, because an evaluation of several trainings may be
/// stopped after this one.
bool train_with_checkpoints(Trainer& trainer, const Schedule& schedule, const ProtocolSetting& setting,
                            const std::filesystem::path& folder) {
    RunConfig run{.folder = folder,
                  .last_step = schedule.steps(),
                  .checkpoint_every = steps_between_checkpoints,
                  .keep_checkpoints = 1};
    run.collapse.policy = CollapsePolicy::none;  // labels keep features apart
    RunHooks hooks;
    hooks.on_step = setting.on_step;
    hooks.warn = setting.warn;
    hooks.stop_requested = setting.should_stop;
    return run_training(trainer, setting.group, run, hooks);
}

/// Returns the epochs of a training on this many clips: those asked for, or more if least_steps requires
/// them.
std::int64_t epochs_of(std::int64_t asked, std::int64_t clips, const ProtocolConfig& config,
                       const ProtocolSetting& setting) {
    const auto steps_per_epoch = epoch_steps(clips, setting.batches.global_batch);
    return std::max(asked, (config.least_steps + steps_per_epoch - 1) / steps_per_epoch);
}

struct TrainingScores {
    torch::Tensor scores;     ///< [scored clips, classes]; undefined if it was stopped
    std::int64_t epochs = 0;  ///< number of epochs trained
};

TrainingScores scores_after(const Task& task, const std::vector<std::int64_t>& scored,
                            const ProtocolSetting& setting) {
    const auto method = start_of(task.trained, setting);
    auto views = setting.batches;
    views.augmentation.kind = task.config.augmentation;
    const Batches batches{setting.features, task.clips, views, task.labelled.by_clip()};
    const auto epochs = epochs_of(task.config.epochs.front(), batches.clips(), task.config, setting);
    const Schedule schedule{task.config.schedule, epochs, batches.steps_per_epoch()};
    Trainer trainer{*method, batches, task.config.trainer, schedule, setting.group};
    setting.on_training(batches.clips(), schedule.steps());
    const bool done = setting.checkpoints.empty() ? train_at_once(trainer, schedule, setting)
                                                  : train_with_checkpoints(trainer, schedule, setting,
                                                                           folder_of(*method, task, setting));
    if (!done) {
        return {};
    }
    const auto features = embed(*method, setting.features, scored, setting.group);
    const torch::NoGradGuard no_grad;
    return {dynamic_cast<Supervised&>(*method).classify(features).cpu(), epochs};
}

}  // namespace

std::optional<ProtocolScores> whole_network_scores(const Method* trained, const ProtocolConfig& config,
                                                   const ProtocolSetting& setting,
                                                   const LabelledClips& labelled) {
    ProtocolScores scores;
    auto last = config;
    // Among numbers that least_steps makes equal, the first stands for all.
    std::set<std::int64_t> known;
    std::erase_if(last.epochs, [&](auto epochs) {
        return !known.insert(epochs_of(epochs, std::ssize(labelled.train()), config, setting)).second;
    });
    if (const auto candidates = last.epochs; candidates.size() > 1) {
        const auto truth = labelled.of(labelled.validation());
        for (const auto epochs : candidates) {
            auto candidate = config;
            candidate.epochs = {epochs};
            const auto scored =
                scores_after({trained, candidate, labelled.train(), labelled}, labelled.validation(), setting)
                    .scores;
            if (!scored.defined()) {
                return std::nullopt;
            }
            const auto top1 = share_right(outcome(scored, truth).top1);
            if (!scores.validation_top1 || top1 > *scores.validation_top1) {
                scores.validation_top1 = top1;
                last.epochs = {epochs};
            }
        }
    }
    const auto tested = scores_after({trained, last, labelled.both(), labelled}, setting.clips.test, setting);
    scores.test = tested.scores;
    scores.chosen_epochs = config.epochs.size() > 1 ? tested.epochs : 0;
    return scores.test.defined() ? std::optional{std::move(scores)} : std::nullopt;
}

}  // namespace sslslr
