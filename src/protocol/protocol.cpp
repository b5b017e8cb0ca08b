#include "src/protocol/protocol.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/evaluate/knn.hpp"
#include "src/evaluate/metrics.hpp"
#include "src/evaluate/raw_skeletons.hpp"
#include "src/protocol/whole_network.hpp"
#include "src/settings/words.hpp"

namespace sslslr {
namespace {

using Clips = std::vector<std::int64_t>;

std::vector<ProbeTrial> candidates_of(const ProtocolConfig& config, std::uint64_t seed) {
    std::vector<ProbeTrial> candidates;
    for (const auto rate : config.probe_rates) {
        for (const auto decay : config.probe_weight_decays) {
            candidates.push_back({.seed = seed, .learning_rate = rate, .weight_decay = decay});
        }
    }
    return candidates;
}

/// A protocol that reads the encoder's features, or the skeletons, and trains no encoder.
class FrozenProtocol {
public:
    FrozenProtocol(Method& trained, const ProtocolConfig& config, const ProtocolSetting& setting,
                   const LabelledClips& labelled)
        : trained_{trained}, config_{config}, setting_{setting}, labelled_{labelled} {}

    ProtocolScores scores() const {
        if (config_.kind == ProtocolKind::raw) {
            return raw();
        }
        if (config_.kind == ProtocolKind::knn) {
            return {.test = knn_cosine_votes(features(setting_.clips.test),
                                             known(labelled_.both(), features(labelled_.both())),
                                             {.k = config_.neighbours})};
        }
        return probe();
    }

private:
    torch::Tensor features(const Clips& clips) const {
        return embed(trained_, setting_.features, clips, setting_.group, setting_.embedding)
            .cpu()
            .to(torch::kFloat32);
    }

    ProtocolScores raw() const {
        torch::Tensor votes;
        agree(setting_.group.communicator(), [&] {
            const RawSkeletons skeletons{setting_.features, labelled_.both()};
            votes = knn_euclidean_votes(
                skeletons.of(setting_.clips.test),
                skeletons.gallery(labelled_.of(labelled_.both()), setting_.clips.classes()),
                config_.raw_neighbours);
        });
        return {.test = votes};
    }

    LabelledFeatures known(const Clips& clips, const torch::Tensor& read) const {
        return {read, labelled_.of(clips), setting_.clips.classes()};
    }

    ProtocolScores probe() const {
        auto training = config_.probe_training;
        training.hidden = config_.probe == ProbeKind::linear ? 0 : ProbeConfig{}.hidden;
        const auto candidates = candidates_of(config_, setting_.batches.seed);
        const auto train = known(labelled_.train(), features(labelled_.train()));
        const auto test = features(setting_.clips.test);
        if (labelled_.validation().empty()) {
            return {.test = probe_scores(train, test, candidates, training)[0], .chosen = candidates.front()};
        }
        const auto validation = known(labelled_.validation(), features(labelled_.validation()));
        auto scores = best_of(candidates, probe_scores(train, validation.features, candidates, training),
                              validation.labels);
        const LabelledFeatures both{torch::cat({train.features, validation.features}),
                                    torch::cat({train.labels, validation.labels}), train.glosses};
        scores.test = probe_scores(both, test, {&scores.chosen, 1}, training)[0];
        return scores;
    }

    /// @param scored  [candidates, validation clips, classes]
    static ProtocolScores best_of(const std::vector<ProbeTrial>& candidates, const torch::Tensor& scored,
                                  const torch::Tensor& truth) {
        ProtocolScores best;
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            const auto top1 = share_right(outcome(scored[static_cast<std::int64_t>(i)], truth).top1);
            if (!best.validation_top1 || top1 > *best.validation_top1) {
                best.validation_top1 = top1;
                best.chosen = candidates[i];
            }
        }
        return best;
    }

    Method& trained_;
    const ProtocolConfig& config_;
    const ProtocolSetting& setting_;
    const LabelledClips& labelled_;
};

/// Refuses the last values of an enumeration, which only some commands accept. @param first  of these values
template <Worded E>
void refuse_from(io::Setting option, E value, E first) {
    const auto words = words_of<E>();
    require(value < first,
            fmt::format("{}: expected {}", io::setting(option, word_of(value)),
                        fmt::join(words.begin(), words.begin() + static_cast<int>(first), ", ")));
}

void check_probe(const ProtocolConfig& config) {
    refuse_from("probe", config.probe, ProbeKind::both);
    const auto are = [](const std::vector<double>& values, auto wanted) {
        return !values.empty() && std::ranges::all_of(values, [&](double value) {
            return std::isfinite(value) && wanted(value);
        });
    };
    require(are(config.probe_rates, [](double rate) { return rate > 0; }),
            fmt::format("{}: expected numbers above 0",
                        io::setting("probe-rates", fmt::format("{}", fmt::join(config.probe_rates, " ")))));
    require(are(config.probe_weight_decays, [](double decay) { return decay >= 0; }),
            fmt::format("{}: expected numbers of 0 or more",
                        io::setting("probe-weight-decays",
                                    fmt::format("{}", fmt::join(config.probe_weight_decays, " ")))));
}

/// Checks what Optimizer and Schedule would otherwise refuse under the names of pretraining's options.
void check_training(const ProtocolConfig& config) {
    const auto& optimizer = config.trainer.optimizer;
    require(
        optimizer.learning_rate > 0,
        fmt::format("{}: expected a rate above 0", io::setting(config.names.rate, optimizer.learning_rate)));
    require(
        optimizer.weight_decay >= 0,
        fmt::format("{}: expected 0 or more", io::setting("fine-tune-weight-decay", optimizer.weight_decay)));
    const auto warmup = config.schedule.warmup_epochs;
    const auto fewest = std::ranges::min(config.epochs);
    require(warmup >= 0 && warmup <= static_cast<double>(fewest),
            fmt::format("{}: expected 0 to {}", io::setting("fine-tune-warmup-epochs", warmup),
                        io::setting(config.names.epochs, fewest)));
}

void check_labels(const LabelAmount& labels) {
    require(
        labels.fraction > 0 && labels.fraction <= 1,
        fmt::format("{}: expected more than 0, at most 1", io::setting("label-fraction", labels.fraction)));
    require(labels.count >= 0,
            fmt::format("{}: expected 0 or more", io::setting("label-count", labels.count)));
    require(labels.count == 0 || labels.fraction == 1,
            fmt::format("{} and {} exclude each other", io::setting("label-count", labels.count),
                        io::setting("label-fraction", labels.fraction)));
}

}  // namespace

bool is_no_transfer(std::int64_t tested, std::int64_t labelled, std::int64_t all) {
    return tested > 0 || 2 * (tested + labelled) > all;
}

bool trains_encoder(const ProtocolConfig& config) {
    return config.kind == ProtocolKind::fine_tune || config.kind == ProtocolKind::supervised ||
           (config.kind == ProtocolKind::semi_supervised && !config.freeze);
}

bool trains_probe(const ProtocolConfig& config) {
    return !trains_encoder(config) && config.kind != ProtocolKind::knn && config.kind != ProtocolKind::raw;
}

void check(const ProtocolConfig& config) {
    refuse_from("protocol", config.kind, ProtocolKind::measures);
    check_labels(config.labels);
    require(!config.freeze || config.kind == ProtocolKind::semi_supervised,
            fmt::format("{} belongs to {}; it means nothing with {}", io::setting("freeze"),
                        io::setting("protocol", "semi-supervised"), word_of(config.kind)));
    for (const auto& [name, value] : {std::pair{io::Setting{"probe-epochs"}, config.probe_training.epochs},
                                      std::pair{io::Setting{"neighbours"}, config.neighbours},
                                      std::pair{io::Setting{"raw-neighbours"}, config.raw_neighbours}}) {
        require(value >= 1, fmt::format("{}: expected 1 or more", io::setting(name, value)));
    }
    require(!config.epochs.empty() && std::ranges::min(config.epochs) >= 1,
            fmt::format("{}: expected one number or more, each 1 or more",
                        io::setting(config.names.epochs, fmt::format("{}", fmt::join(config.epochs, " ")))));
    require(config.least_steps >= 0,
            fmt::format("{}: expected 0 or more", io::setting("fine-tune-least-steps", config.least_steps)));
    check_probe(config);
    if (trains_encoder(config)) {
        check_training(config);
    }
}

void check_choice(const ProtocolConfig& config, const EvaluationClips& clips) {
    const auto candidates = trains_encoder(config) ? config.epochs.size()
                            : trains_probe(config)
                                ? config.probe_rates.size() * config.probe_weight_decays.size()
                                : 1;
    require(candidates == 1 || !clips.validation.empty(),
            fmt::format("{} {} to choose from, but no validation clips to choose on: name a {}, {} or {}",
                        candidates,
                        trains_encoder(config) ? io::setting(config.names.epochs) : std::string{"probes"},
                        io::setting("validation-split"), io::setting("validation-signer"),
                        io::setting("validation-fraction")));
}

std::optional<ProtocolScores> protocol_scores(Method& trained, const ProtocolConfig& config,
                                              const ProtocolSetting& setting) {
    check(config);
    check_choice(config, setting.clips);
    const LabelledClips labelled{setting.clips, config.labels, setting.batches.seed};
    if (trains_encoder(config)) {
        return whole_network_scores(config.kind == ProtocolKind::supervised ? nullptr : &trained, config,
                                    setting, labelled);
    }
    return FrozenProtocol{trained, config, setting, labelled}.scores();
}

}  // namespace sslslr
