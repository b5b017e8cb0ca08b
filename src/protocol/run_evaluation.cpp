#include "src/protocol/run_evaluation.hpp"

#include <chrono>
#include <functional>
#include <optional>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/augment/view_draws.hpp"
#include "src/errors.hpp"
#include "src/protocol/evaluation_files.hpp"
#include "src/protocol/labelled_clips.hpp"
#include "src/run/batch_config.hpp"
#include "src/run/pretraining.hpp"
#include "src/run/run_data.hpp"
#include "src/run/run_encoder.hpp"
#include "src/run/stop_request.hpp"
#include "src/settings/words.hpp"
#include "src/train/weights.hpp"

namespace sslslr {
namespace {

constexpr const char* from_scratch = "supervised from scratch";

/// A row of the table that is still to be computed.
struct TableRow {
    std::string name;
    std::string classifier;
    ProtocolConfig config;
    bool is_of_trained;  ///< reads the trained encoder; else the one with random weights
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

/// Returns the protocol, once for each classifier that is asked for.
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
    if (trains_supervised(options)) {
        add(from_scratch, supervised_control(options), false, true);
    }
    return rows;
}

/// Returns the rows of each point of a label curve, which all learn from the same labels.
std::vector<TableRow> curve_rows(const EvaluateOptions& options, const std::string& method) {
    auto frozen = options;
    frozen.protocol.kind = ProtocolKind::linear;
    auto rows = table_rows(frozen, method);
    if (options.fine_tunes) {
        auto config = options.protocol;
        config.kind = ProtocolKind::fine_tune;
        config.probe = ProbeKind::mlp;
        rows.insert(std::ranges::find(rows, raw_skeletons_row, &TableRow::name),
                    {.name = method + ", fine-tuned",
                     .classifier = classifier_of(config),
                     .config = config,
                     .is_of_trained = true,
                     .is_control = false});
    }
    return rows;
}

/// Whether a stop was requested on any rank. Collective.
bool any_rank_stops(const Ranks& ranks) {
    std::vector<double> asked{stop_requested() ? 1.0 : 0.0};
    ranks.world.all_reduce_sum(asked);
    return asked[0] > 0;
}

/// Computes one row of one run, and reports on its trainings meanwhile.
std::optional<ProtocolScores> scores_of(const TableRow& row, const PretrainOptions& run,
                                        const RunEncoders& encoders, const EvaluationSetting& setting,
                                        const ProtocolSetting& protocol) {
    std::function<void(const StepReport&)> show;
    auto with_progress = protocol;
    with_progress.on_training = [&](std::int64_t clips, std::int64_t steps) {
        if (setting.ranks.is_first()) {
            setting.say(fmt::format("{}: {}: training the whole network from {} labels, {} steps", run.run,
                                    row.name, clips, steps));
        }
        show = setting.progress(steps);
    };
    with_progress.on_step = [&](const StepReport& report) { show(report); };
    return protocol_scores(row.is_of_trained ? *encoders.trained : *encoders.random, row.config,
                           with_progress);
}

/// @return false if it was stopped
bool add_rows(const std::vector<TableRow>& rows, const PretrainOptions& run, const RunEncoders& encoders,
              const EvaluationSetting& setting, const ProtocolSetting& protocol, ResultTable& table) {
    for (const auto& row : rows) {  // before hours of work on the first
        check_choice(row.config, setting.clips);
        check_views(row.config, run, setting.data.features().layout);
    }
    for (const auto& row : rows) {
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

/// Returns the setting of all rows of a run.
ProtocolSetting setting_of_rows(const PretrainOptions& run, const EvaluationSetting& setting) {
    auto protocol = protocol_setting(run, setting.data, setting.clips, setting.group,
                                     agreed_batch_config(run, setting.group));
    protocol.batches.seed = run.seed + setting.options.probe_seed;
    protocol.embedding = cached_features(run, evaluate_folder(run, setting.options), setting.warn_of_cache);
    protocol.should_stop = stop_requested;
    protocol.warn = [&](const std::string& text) { setting.ranks.warn(text); };
    protocol.checkpoints = training_folder(run, setting.options);
    return protocol;
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

void check_views(const ProtocolConfig& config, const PretrainOptions& run, const FeatureLayout& layout) {
    if (trains_encoder(config) && is_skeleton(config.augmentation)) {
        const auto option = config.names.augmentation;
        try {
            check(run.skeleton_views, layout);
        } catch (const ConfigError& error) {
            throw ConfigError{fmt::format("{}: {}; those are settings of the run: choose another {}",
                                          io::setting(option, word_of(config.augmentation)),
                                          io::as_entries(error.what()), io::setting(option))};
        }
    }
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
    return add_rows(table_rows(setting.options, run.method.kind->name), run, encoders, setting,
                    setting_of_rows(run, setting), table);
}

bool evaluate_curve(const PretrainOptions& run, const RunEncoders& encoders, const EvaluationSetting& setting,
                    LabelCurve& curve) {
    const auto protocol = setting_of_rows(run, setting);
    const auto points = points_of_curve(setting.options);
    for (std::size_t i = 0; i < points.size(); ++i) {
        auto rows = curve_rows(setting.options, run.method.kind->name);
        for (auto& row : rows) {
            row.config.labels = points[i];
        }
        const LabelledClips labelled{setting.clips, points[i], protocol.batches.seed};
        if (setting.ranks.is_first()) {
            const auto chosen_by = labelled.validation().size();
            setting.say(fmt::format(
                "{}: {}: {} labels{}", run.run, text_of(points[i]), labelled.both().size(),
                chosen_by > 0 ? fmt::format(", {} of them to choose settings by", chosen_by) : ""));
        }
        if (!add_rows(rows, run, encoders, setting, protocol, curve.at(i))) {
            return false;
        }
    }
    return true;
}

}  // namespace sslslr
