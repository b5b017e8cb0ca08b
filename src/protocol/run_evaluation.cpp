#include "src/protocol/run_evaluation.hpp"

#include <chrono>
#include <functional>
#include <optional>

#include <fmt/format.h>

#include "src/errors.hpp"
#include "src/protocol/evaluation_files.hpp"
#include "src/protocol/labelled_clips.hpp"
#include "src/run/batch_config.hpp"
#include "src/run/pretraining.hpp"
#include "src/run/run_data.hpp"
#include "src/run/run_encoder.hpp"
#include "src/run/stop_request.hpp"
#include "src/train/epoch_steps.hpp"
#include "src/train/weights.hpp"

namespace sslslr {
namespace {

constexpr const char* random_weights = "same encoder, random weights";
constexpr const char* from_scratch = "supervised from scratch";
constexpr const char* raw_skeletons_row = "nearest neighbours, raw skeletons";

/// A line of the table, still to be filled in.
struct TableRow {
    std::string name;
    std::string classifier;
    ProtocolConfig config;
    bool is_of_trained;  ///< the run's encoder is read, else the one of random weights
    bool is_control;
};

std::string classifier_of(const ProtocolConfig& config) {
    if (trains_encoder(config)) {
        return "own classifier";
    }
    if (config.kind == ProtocolKind::knn) {
        return fmt::format("{} neighbours, cosine", config.neighbours);
    }
    if (config.kind == ProtocolKind::raw) {
        return fmt::format("{} neighbours, Euclidean", config.raw_neighbours);
    }
    return config.probe == ProbeKind::linear ? "linear probe" : "MLP probe";
}

/// The protocol, once for each classifier that is asked for.
std::vector<ProtocolConfig> asked_for(const ProtocolConfig& config) {
    if (config.probe != ProbeKind::both) {
        return {config};
    }
    auto mlp = config;
    mlp.probe = ProbeKind::mlp;
    auto linear = config;
    linear.probe = ProbeKind::linear;
    return trains_probe(config) ? std::vector{mlp, linear} : std::vector{mlp};
}

std::vector<TableRow> table_rows(const EvaluateOptions& options, const std::string& method) {
    std::vector<TableRow> rows;
    const auto add = [&](const std::string& name, const ProtocolConfig& config, bool is_of_trained,
                         bool is_control) {
        rows.push_back({name, classifier_of(config), config, is_of_trained, is_control});
    };
    const auto kind = options.protocol.kind;
    const auto configs = asked_for(options.protocol);
    auto raw = configs.front();
    raw.kind = ProtocolKind::raw;
    raw.freeze = false;
    if (kind == ProtocolKind::raw) {
        add(raw_skeletons_row, raw, false, false);
        return rows;
    }
    if (kind == ProtocolKind::supervised) {
        auto frozen = configs.front();
        frozen.kind = ProtocolKind::linear;
        add(random_weights, frozen, false, true);
        add(from_scratch, configs.front(), false, false);
        add(raw_skeletons_row, raw, false, true);
        return rows;
    }
    for (const bool is_trained : {false, true}) {
        for (const auto& config : configs) {
            if (is_trained || !trains_encoder(config)) {  // trained from random weights: supervised below
                add(is_trained ? method : random_weights, config, is_trained, !is_trained);
            }
        }
    }
    add(raw_skeletons_row, raw, false, true);
    if (options.supervised_epochs > 0) {
        add(from_scratch, supervised_control(options), false, true);
    }
    return rows;
}

/// Collective.
bool any_rank_stops(const Ranks& ranks) {
    std::vector<double> asked{stop_requested() ? 1.0 : 0.0};
    ranks.world.all_reduce_sum(asked);
    return asked[0] > 0;
}

/// One row of one run, with what its training says meanwhile.
std::optional<ProtocolScores> scores_of(const TableRow& row, const PretrainOptions& run,
                                        const RunEncoders& encoders, const EvaluationSetting& setting,
                                        const ProtocolSetting& protocol) {
    const LabelledClips labelled{setting.clips, row.config.label_fraction, protocol.batches.seed};
    const auto steps =
        row.config.epochs * epoch_steps(std::ssize(labelled.both()), protocol.batches.global_batch);
    if (setting.ranks.is_first() && trains_encoder(row.config)) {
        setting.say(fmt::format("{}: {}: training the whole network from {} labels, {} steps", run.run,
                                row.name, labelled.both().size(), steps));
    }
    auto with_progress = protocol;
    with_progress.on_step = setting.progress(steps);
    return protocol_scores(row.is_of_trained ? *encoders.trained : *encoders.random, row.config,
                           with_progress);
}

}  // namespace

RunEncoders read_encoders(const PretrainOptions& run, const EvaluationSetting& setting) {
    RunEncoders encoders;
    encoders.shape = method_config_of(run, setting.data);
    const auto fresh = [&] {
        auto method = fresh_encoder(encoders.shape, run);
        method->to(setting.group.device());
        return method;
    };
    encoders.random = fresh();
    encoders.trained = fresh();
    const auto checkpoint = newest_checkpoint(run.run, setting.ranks);
    load_weights(*encoders.trained, checkpoint, "encoder.");
    encoders.steps = std::stoll(checkpoint.attributes.at("step"));
    if (const auto found = checkpoint.attributes.find("data"); found != checkpoint.attributes.end()) {
        encoders.data_fingerprint = found->second;
    }
    if (const auto found = checkpoint.attributes.find("code"); found != checkpoint.attributes.end()) {
        encoders.code = found->second;
    }
    return encoders;
}

EmbedOptions cached_features(const PretrainOptions& run, const std::filesystem::path& folder,
                             std::function<void(const std::string&)> warn) {
    return {.cache = folder / "features",
            .settings = identity_of(run, {Decides::clips, Decides::encoder}),
            .warn = std::move(warn)};
}

ProtocolSetting protocol_setting(const PretrainOptions& options, const DataSet& data,
                                 const EvaluationClips& clips, dist::Group& group, BatchConfig batches) {
    return {.features = data.features(),
            .clips = clips,
            .method = method_config_of(options, data),
            .precision = options.precision,
            .batches = std::move(batches),
            .identity = identity_of(options, {Decides::clips, Decides::encoder, Decides::learning}),
            .group = group};
}

bool evaluate_run(const PretrainOptions& run, const RunEncoders& encoders, const EvaluationSetting& setting,
                  ResultTable& table) {
    auto protocol = protocol_setting(run, setting.data, setting.clips, setting.group,
                                     agreed_batch_config(run, setting.data.features(), setting.group));
    protocol.batches.seed = run.seed + setting.options.probe_seed;
    protocol.embedding =
        cached_features(run, evaluate_folder(run, setting.options), std::cref(setting.warn_of_cache));
    protocol.should_stop = stop_requested;
    protocol.warn = [&](const std::string& text) { setting.ranks.warn(text); };
    protocol.checkpoints = training_folder(run, setting.options);
    for (const auto& row : table_rows(setting.options, run.method.kind->name)) {
        if (any_rank_stops(setting.ranks)) {
            return false;
        }
        const auto start = std::chrono::steady_clock::now();
        const auto scores = scores_of(row, run, encoders, setting, protocol);
        if (!scores) {
            return false;
        }
        if (setting.ranks.is_first()) {
            const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
            setting.say(
                fmt::format("{}: {}, {}: {:.2f} s", run.run, row.name, row.classifier, seconds.count()));
        }
        table.add(row.name, row.classifier, *scores, row.is_control);
    }
    return true;
}

}  // namespace sslslr
