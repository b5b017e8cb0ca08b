#include "src/protocol/protocol.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/data/stratified_share.hpp"
#include "src/errors.hpp"
#include "src/evaluate/knn.hpp"
#include "src/evaluate/metrics.hpp"
#include "src/evaluate/raw_skeletons.hpp"
#include "src/method/supervised.hpp"
#include "src/train/weights.hpp"

namespace sslslr {
namespace {

using Clips = std::vector<std::int64_t>;

constexpr std::array protocol_names{"linear", "knn", "semi-supervised", "fine-tune", "supervised", "raw"};

std::vector<ProbeTrial> candidates_of(const ProtocolConfig& config, std::uint64_t seed) {
    std::vector<ProbeTrial> candidates;
    for (const auto rate : config.probe_rates) {
        for (const auto decay : config.probe_weight_decays) {
            candidates.push_back({.seed = seed, .learning_rate = rate, .weight_decay = decay});
        }
    }
    return candidates;
}

/// One protocol at work on one encoder.
class Protocol {
public:
    Protocol(Method& trained, const ProtocolConfig& config, const ProtocolSetting& setting)
        : trained_{trained}, config_{config}, setting_{setting} {}

    std::optional<ProtocolScores> scores() {
        if (config_.name == "raw") {
            const auto raw = [&](const Clips& clips) { return skeletons(clips); };
            const auto known = reference(labelled(), raw);
            return ProtocolScores{
                .test = knn_euclidean_votes(raw(setting_.clips.test), known, config_.raw_neighbours)};
        }
        if (trains_encoder(config_)) {
            return train_whole();
        }
        const auto frozen = [&](const Clips& clips) { return features(trained_, clips); };
        if (config_.name == "knn") {
            return ProtocolScores{.test = knn_cosine_votes(frozen(setting_.clips.test),
                                                           reference(labelled(), frozen),
                                                           {.k = config_.neighbours})};
        }
        return probe(frozen);
    }

private:
    /// The clips whose labels are used: no choice is left to make on validating ones, so they train, too.
    Clips labelled() const {
        auto clips = setting_.clips.train;
        clips.insert(clips.end(), setting_.clips.validation.begin(), setting_.clips.validation.end());
        std::ranges::sort(clips);
        return share_of(clips);
    }

    Clips share_of(const Clips& clips) const {
        return config_.label_fraction < 1 ? stratified_share(clips, setting_.clips.labels,
                                                             config_.label_fraction, setting_.batches.seed)
                                          : clips;
    }

    torch::Tensor features(Method& method, const Clips& clips) const {
        return embed(method, setting_.features, clips, setting_.group, setting_.embedding)
            .cpu()
            .to(torch::kFloat32);
    }

    torch::Tensor skeletons(const Clips& clips) const {
        torch::Tensor frames;
        agree(setting_.group.communicator(), [&] { frames = raw_skeletons(setting_.features, clips); });
        return frames;
    }

    template <class Read>
    LabelledFeatures reference(const Clips& clips, const Read& read) const {
        return {read(clips), torch::tensor(setting_.clips.classes_of(clips)), setting_.clips.classes()};
    }

    template <class Read>
    ProtocolScores probe(const Read& read) const {
        auto training = config_.probe_training;
        training.hidden = config_.probe == "linear" ? 0 : training.hidden;
        const auto candidates = candidates_of(config_, setting_.batches.seed);
        ProtocolScores scores{.chosen = candidates.front()};
        if (!setting_.clips.validation.empty()) {
            const auto all = probe_scores(reference(share_of(setting_.clips.train), read),
                                          read(setting_.clips.validation), candidates, training);
            const auto truth = torch::tensor(setting_.clips.classes_of(setting_.clips.validation));
            for (std::size_t i = 0; i < candidates.size(); ++i) {
                const auto top1 = share_right(outcome(all[static_cast<std::int64_t>(i)], truth).top1);
                if (!scores.validation_top1 || top1 > *scores.validation_top1) {
                    scores.validation_top1 = top1;
                    scores.chosen = candidates[i];
                }
            }
        }
        scores.test = probe_scores(reference(labelled(), read), read(setting_.clips.test),
                                   {&scores.chosen, 1}, training)[0];
        return scores;
    }

    /// Encoder and a linear classifier, by all ranks of the group.
    std::optional<ProtocolScores> train_whole() const {
        auto shape = setting_.method;
        shape.name = "supervised";
        shape.classes = setting_.clips.classes();
        const auto method = make_method(shape, setting_.batches.seed);
        method->set_precision(setting_.precision);
        if (config_.name != "supervised") {
            copy_encoder(*method);
        }
        method->to(setting_.group.device());

        const auto clips = labelled();
        Clips labels(setting_.clips.labels.size(), -1);
        for (const auto clip : clips) {
            labels[static_cast<std::size_t>(clip)] = setting_.clips.labels[static_cast<std::size_t>(clip)];
        }
        auto views = setting_.batches;
        views.augmentation.kind = config_.augmentation;
        const Batches batches{setting_.features, clips, views, labels};
        const Schedule schedule{config_.schedule, config_.epochs, batches.steps_per_epoch()};
        Trainer trainer{*method, batches, config_.trainer, schedule, setting_.group};
        while (trainer.steps_done() < schedule.steps()) {
            const auto report = trainer.step(setting_.should_stop());
            setting_.on_step(report);
            if (report.stop && trainer.steps_done() < schedule.steps()) {
                return std::nullopt;
            }
        }
        const auto frozen = embed(*method, setting_.features, setting_.clips.test, setting_.group);
        const torch::NoGradGuard no_grad;
        return ProtocolScores{.test = dynamic_cast<Supervised&>(*method).classify(frozen).cpu()};
    }

    void copy_encoder(Method& method) const {
        io::CheckpointFile weights;
        for (const auto& [name, tensor] : state_tensors(trained_)) {
            weights.tensors.emplace("model/" + name, tensor.cpu());
        }
        load_weights(method, weights, "encoder.");
    }

    Method& trained_;
    const ProtocolConfig& config_;
    const ProtocolSetting& setting_;
};

}  // namespace

bool trains_encoder(const ProtocolConfig& config) {
    return config.name == "fine-tune" || config.name == "supervised" ||
           (config.name == "semi-supervised" && !config.freeze);
}

void check(const ProtocolConfig& config) {
    if (std::ranges::count(protocol_names, config.name) == 0) {
        throw ConfigError{
            fmt::format("--protocol {}: expected {}", config.name, fmt::join(protocol_names, ", "))};
    }
    if (config.probe != "mlp" && config.probe != "linear") {
        throw ConfigError{fmt::format("--probe {}: expected mlp or linear", config.probe)};
    }
    if (!(config.label_fraction > 0 && config.label_fraction <= 1)) {
        throw ConfigError{
            fmt::format("--label-fraction {}: expected more than 0, at most 1", config.label_fraction)};
    }
    const auto positive = [](const char* name, const std::vector<double>& values) {
        if (values.empty() || !std::ranges::all_of(values, [](double value) { return value > 0; })) {
            throw ConfigError{fmt::format("--{} {}: expected numbers above 0", name, fmt::join(values, " "))};
        }
    };
    positive("probe-rates", config.probe_rates);
    if (config.probe_weight_decays.empty() ||
        !std::ranges::all_of(config.probe_weight_decays, [](double value) { return value >= 0; })) {
        throw ConfigError{fmt::format("--probe-weight-decays {}: expected numbers of 0 or more",
                                      fmt::join(config.probe_weight_decays, " "))};
    }
    for (const auto& [name, value] :
         {std::pair{"probe-epochs", config.probe_training.epochs}, std::pair{"neighbours", config.neighbours},
          std::pair{"raw-neighbours", config.raw_neighbours}, std::pair{"fine-tune-epochs", config.epochs}}) {
        if (value < 1) {
            throw ConfigError{fmt::format("--{} {}: expected 1 or more", name, value)};
        }
    }
}

std::optional<ProtocolScores> protocol_scores(Method& trained, const ProtocolConfig& config,
                                              const ProtocolSetting& setting) {
    check(config);
    const auto candidates = config.probe_rates.size() * config.probe_weight_decays.size();
    if (candidates > 1 && setting.clips.validation.empty()) {
        throw ConfigError{
            fmt::format("{} probes to choose from, but no clips to choose on (never the test clips): name a "
                        "--validation-split, --validation-signer or --validation-fraction",
                        candidates)};
    }
    return Protocol{trained, config, setting}.scores();
}

}  // namespace sslslr
