#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <torch/types.h>

#include "dist/group.hpp"
#include "io/file/setting.hpp"
#include "src/data/features.hpp"
#include "src/evaluate/embed.hpp"
#include "src/evaluate/probe.hpp"
#include "src/method/registry.hpp"
#include "src/protocol/evaluation_clips.hpp"
#include "src/train/batches.hpp"
#include "src/train/schedule.hpp"
#include "src/train/trainer.hpp"

namespace sslslr {

enum class ProtocolKind {
    linear,           ///< a probe on frozen features
    transfer,         ///< the same on the clips of another data set than the encoder was trained on
    knn,              ///< cosine-weighted neighbours among frozen features
    semi_supervised,  ///< from a share of the labels: the whole network, or a probe
    fine_tune,        ///< the whole network from all labels
    supervised,       ///< the whole network from random weights: a control
    raw,              ///< neighbours on the skeletons themselves: a control
    measures,         ///< measures of the features themselves, without a classifier; check() refuses it
    label_curve       ///< several protocols with increasing numbers of labels; check() refuses it
};
constexpr auto words(ProtocolKind /*of*/) {
    return std::array{"linear",     "transfer", "knn",      "semi-supervised", "fine-tune",
                      "supervised", "raw",      "measures", "label-curve"};
}

/// The classifier on frozen features.
enum class ProbeKind {
    mlp,  ///< one hidden layer
    linear,
    both  ///< one after the other; check() refuses it
};
constexpr auto words(ProbeKind /*of*/) {
    return std::array{"mlp", "linear", "both"};
}

/// How many labels are used.
struct LabelAmount {
    double fraction = 1;  ///< share of the labelled clips of each class, in (0, 1]
    /// Training clips of each class, and as many validation clips; all clips of a class that has fewer. 0: by
    /// fraction.
    std::int64_t count = 0;
};

/// The options that set how a whole network is trained, as error messages name them.
struct TrainingNames {
    io::Setting epochs = "fine-tune-epochs";
    io::Setting rate = "fine-tune-rate";
    io::Setting augmentation = "fine-tune-augmentation";
};

/// What is learnt from labels on top of an encoder, and how.
struct ProtocolConfig {
    ProtocolKind kind = ProtocolKind::linear;
    ProbeKind probe = ProbeKind::mlp;
    ProbeConfig probe_training{};           ///< `probe` overrides its hidden width
    std::vector<double> probe_rates{1e-3};  ///< each is tried; the best on the validation clips is taken
    std::vector<double> probe_weight_decays{1e-3};  ///< likewise, each with each rate
    LabelAmount labels{};
    bool freeze = false;              ///< semi-supervised trains a probe instead of the whole network
    std::int64_t neighbours = 20;     ///< of knn
    std::int64_t raw_neighbours = 5;  ///< of raw

    // The following options are those of training the whole network.
    std::vector<std::int64_t> epochs{1000};  ///< each is tried; the best on the validation clips is taken
    std::int64_t least_steps = 0;            ///< adds epochs if the given ones would take fewer steps
    TrainerConfig trainer{};                 ///< in the paper SGD
    /// In the paper the rate rises over 600 epochs and falls over 400.
    ScheduleConfig schedule{ScheduleKind::triangle, 600};
    AugmentationKind augmentation = AugmentationKind::none;
    TrainingNames names{};
};

/// Checks all options. @throws ConfigError  names the option that is out of range
void check(const ProtocolConfig& config);

/// Checks that there are validation clips if there are several candidates. @throws ConfigError  names the
/// options
void check_choice(const ProtocolConfig& config, const EvaluationClips& clips);

/// Whether an evaluation is no transfer to new clips: the encoder has seen a test clip, or more than half of
/// all clips.
/// @param tested    test clips that it was pretrained on
/// @param labelled  clips whose labels train that it was pretrained on
/// @param all       all test clips and clips whose labels train
bool is_no_transfer(std::int64_t tested, std::int64_t labelled, std::int64_t all);

/// Whether the whole network is trained, not only a classifier on its features.
bool trains_encoder(const ProtocolConfig& config);

/// Whether a probe is trained on frozen features.
bool trains_probe(const ProtocolConfig& config);

/// Everything else that a protocol needs.
struct ProtocolSetting {
    const Features& features;  ///< of the data set that the labels belong to
    const EvaluationClips& clips;
    MethodConfig method;  ///< the encoder's shape
    Precision precision = Precision::float32;
    BatchConfig batches;     ///< for training the whole network; its seed is also that of probes and draws
    std::string identity{};  ///< of the code and the options that decide the training of a whole network
    dist::Group& group;
    EmbedOptions embedding{};  ///< for frozen features
    /// Asked at each training step on every rank.
    std::function<bool()> should_stop = [] { return false; };
    std::function<void(const StepReport&)> on_step = [](const StepReport&) {};
    /// Called before each training of a whole network on every rank.
    std::function<void(std::int64_t clips, std::int64_t steps)> on_training = [](std::int64_t, std::int64_t) {
    };
    std::function<void(const std::string&)> warn = [](const std::string&) {
    };  ///< about checkpoints, on the group's first rank
    /// Folder for checkpoints of whole networks, with a folder for each training: one that was stopped
    /// resumes, one that is done is not repeated. The caller removes the folder. Empty: a training that was
    /// stopped starts over.
    std::filesystem::path checkpoints{};
};

/// The result of a protocol, which has not seen the label of any test clip.
struct ProtocolScores {
    torch::Tensor test;  ///< [test clips, classes]
    /// Accuracy on the validation clips of the chosen probe, or of the chosen number of epochs if several
    /// were tried.
    std::optional<double> validation_top1;
    ProbeTrial chosen{};             ///< set if a probe was trained
    std::int64_t chosen_epochs = 0;  ///< of the whole network, if several numbers were asked for; else 0
};

/// Follows a protocol from a pretrained method (supervised: from fresh weights of the same shape; raw:
/// without an encoder). Labels of test clips have no way in. Collective.
///
/// All candidate probes are trained together on features that are computed once. The best on the validation
/// clips, the first among equals, is trained again on training and validation clips together. Whole networks
/// with several numbers of epochs are chosen likewise, with one training per number; numbers that least_steps
/// makes equal count as one. Neighbours, and networks without a choice, learn from training and validation
/// clips at once.
///
/// The scores do not depend on the number of ranks: bit for bit for frozen protocols, within the limits of
/// Trainer for whole networks.
/// @param trained  its encoder is read; training the whole network trains a copy of it
/// @return nothing if it was stopped
/// @throws ConfigError  as check; several candidates and no clips to validate on
/// @throws TrainingError, dist::AgreedError  as Trainer, embed and run_training
std::optional<ProtocolScores> protocol_scores(Method& trained, const ProtocolConfig& config,
                                              const ProtocolSetting& setting);

}  // namespace sslslr
