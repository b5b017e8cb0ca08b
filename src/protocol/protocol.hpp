#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <torch/torch.h>

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
    transfer,         ///< the same, on the clips of another data set than the encoder was trained on
    knn,              ///< cosine-weighted neighbours among frozen features
    semi_supervised,  ///< from a share of the labels: the whole network, or a probe
    fine_tune,        ///< the whole network from all labels
    supervised,       ///< the same from random weights: a control
    raw,              ///< neighbours on the skeletons themselves: a control
    measures,         ///< of the features themselves, without a classifier; check() refuses it
    label_curve       ///< several of these, from more and more labels; check() refuses it
};
constexpr auto words(ProtocolKind /*of*/) {
    return std::array{"linear",     "transfer", "knn",      "semi-supervised", "fine-tune",
                      "supervised", "raw",      "measures", "label-curve"};
}

/// What reads frozen features.
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
    double fraction = 1;  ///< of the labelled clips of each class, in (0, 1]
    /// Training clips of each class, and as many of those that validate; of one that has fewer all. 0: by
    /// fraction.
    std::int64_t count = 0;
};

/// The options that say how a whole network is trained, as errors name them.
struct TrainingNames {
    io::Setting epochs = "fine-tune-epochs";
    io::Setting rate = "fine-tune-rate";
    io::Setting augmentation = "fine-tune-augmentation";
};

/// What is learnt from labels on top of an encoder, and how.
struct ProtocolConfig {
    ProtocolKind kind = ProtocolKind::linear;
    ProbeKind probe = ProbeKind::mlp;
    ProbeConfig probe_training{};           ///< its hidden width is overruled by `probe`
    std::vector<double> probe_rates{1e-3};  ///< tried side by side, the best on the validation clips is taken
    std::vector<double> probe_weight_decays{1e-3};  ///< likewise, each with each
    LabelAmount labels{};
    bool freeze = false;              ///< of semi-supervised: a probe instead of the whole network
    std::int64_t neighbours = 20;     ///< of knn
    std::int64_t raw_neighbours = 5;  ///< of raw
    /// Of training the whole network: each is tried, the best on the validation clips is taken.
    std::vector<std::int64_t> epochs{1000};
    std::int64_t least_steps = 0;  ///< likewise: more epochs where that many would take fewer steps
    TrainerConfig trainer{};       ///< likewise; the paper: SGD
    ScheduleConfig schedule{ScheduleKind::triangle,
                            600};  ///< likewise; the paper: up over 600 epochs, down over 400
    AugmentationKind augmentation = AugmentationKind::none;  ///< likewise
    TrainingNames names{};
};

/// Refuses what cannot be. @throws ConfigError  names the option
void check(const ProtocolConfig& config);

/// Refuses several candidates where there are no clips to choose on. @throws ConfigError  names the options
void check_choice(const ProtocolConfig& config, const EvaluationClips& clips);

/// Whether an evaluation is no transfer to new clips: the encoder has seen some that test, or most of all.
/// @param tested, labelled  clips that test, or whose labels train, that it was pretrained on
/// @param all               clips that test or whose labels train
bool is_no_transfer(std::int64_t tested, std::int64_t labelled, std::int64_t all);

/// Whether the whole network is trained, and not what reads its features alone.
bool trains_encoder(const ProtocolConfig& config);

/// Whether a probe is trained on frozen features.
bool trains_probe(const ProtocolConfig& config);

/// Everything else that an evaluation works on.
struct ProtocolSetting {
    const Features& features;  ///< of the data set that labels come from
    const EvaluationClips& clips;
    MethodConfig method;  ///< the encoder's shape
    Precision precision = Precision::float32;
    BatchConfig batches;     ///< of training the whole network; its seed is that of probes and draws, too
    std::string identity{};  ///< of the code and the options that decide the training of a whole network
    dist::Group& group;
    EmbedOptions embedding{};  ///< of frozen features
    std::function<bool()> should_stop = [] {
        return false;
    };  ///< asked after each training step on every rank
    std::function<void(const StepReport&)> on_step = [](const StepReport&) {};
    /// Before each training of a whole network, on every rank.
    std::function<void(std::int64_t clips, std::int64_t steps)> on_training = [](std::int64_t, std::int64_t) {
    };
    std::function<void(const std::string&)> warn = [](const std::string&) {
    };  ///< of checkpoints, on the group's first rank
    /// Folder of the checkpoints of trainings of the whole network, each in a folder of its own: what was
    /// stopped goes on, what is done is not done again. Whoever names it removes it. Empty: what was stopped
    /// starts over.
    std::filesystem::path checkpoints{};
};

/// What a protocol came to, before any label of a test clip was looked at.
struct ProtocolScores {
    torch::Tensor test;  ///< [test clips, classes]
    /// Where clips validate: of the taken probe, or of the taken number of epochs where several were tried.
    std::optional<double> validation_top1;
    ProbeTrial chosen{};             ///< where a probe was trained
    std::int64_t chosen_epochs = 0;  ///< that the whole network was trained for where several were tried
};

/// Follows a protocol from a pretrained method (for supervised: from fresh weights of the same shape; raw
/// looks at no encoder). Labels of test clips have no way in. Collective.
///
/// The probes of all candidates are trained together on features that are computed once; the best on the
/// validation clips is taken (of equals the first), and trained again on training and validation clips
/// together. So are whole networks where several numbers of epochs are tried, one training each; those
/// that least_steps makes equal are one. Neighbours, and networks of which nothing is chosen, learn from
/// both at once. The same numbers on any number of ranks: frozen protocols bit for bit, training of the
/// whole network as Trainer.
/// @param trained  its encoder is read; a copy is trained where the whole network is
/// @return nothing if it was stopped
/// @throws ConfigError  as check; several candidates and no clips to validate on
/// @throws TrainingError, dist::AgreedError  as Trainer, embed and run_training
std::optional<ProtocolScores> protocol_scores(Method& trained, const ProtocolConfig& config,
                                              const ProtocolSetting& setting);

}  // namespace sslslr
