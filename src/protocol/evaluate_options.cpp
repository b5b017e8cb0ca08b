#include "src/protocol/evaluate_options.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/checksum.hpp"
#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/run/data_set.hpp"
#include "src/settings/words.hpp"

namespace sslslr {
namespace {

double usual_label_fraction(ProtocolKind protocol) {
    constexpr double semi_supervised = 0.3;  // Madjoukeng et al. 2025, table 3
    return protocol == ProtocolKind::semi_supervised ? semi_supervised : 1;
}

/// Returns the points as part of a file name, for example "-1-5-a-class-0.1-1".
std::string name_of_points(const EvaluateOptions& o) {
    std::string counts;
    std::string shares;
    for (const auto& point : points_of_curve(o)) {
        if (point.count > 0) {
            counts += fmt::format("-{}", point.count);
        } else {
            shares += fmt::format("-{:g}", point.fraction);
        }
    }
    return counts.empty() ? shares : counts + "-a-class" + shares;
}

/// Checks the options of a label curve. @param config  the curve's, with a kind that check() accepts
void check_curve(const EvaluateOptions& o, ProtocolConfig config) {
    require(config.labels.count == 0 && config.labels.fraction == 1,
            fmt::format("{} takes its labels from {} and {}", io::setting("protocol", "label-curve"),
                        io::setting("label-counts"), io::setting("label-shares")));
    require(std::ranges::all_of(o.label_counts, [](auto count) { return count >= 0; }),
            fmt::format("{}: expected numbers of 1 or more, or only 0",
                        io::setting("label-counts", fmt::format("{}", fmt::join(o.label_counts, " ")))));
    require(std::ranges::all_of(o.label_shares, [](double share) { return share >= 0 && share <= 1; }),
            fmt::format("{}: expected numbers above 0 and at most 1, or only 0",
                        io::setting("label-shares", fmt::format("{}", fmt::join(o.label_shares, " ")))));
    require(!points_of_curve(o).empty(),
            fmt::format("{} or {} must name a point of the curve", io::setting("label-counts"),
                        io::setting("label-shares")));
    if (o.fine_tunes) {
        config.kind = ProtocolKind::fine_tune;
        check(config);
    }
}

}  // namespace

EvaluateOptions::EvaluateOptions() : protocol{default_protocol()} {
    protocol.probe = ProbeKind::both;
    protocol.labels.fraction = 0;
}

void declare(Options& options, EvaluateOptions& o) {
    options.section("What is evaluated");
    options.add("run", o.runs,
                "run folders to evaluate: one, or several that differ only by --seed; results go to "
                "evaluate/ in each, or to --output");
    options.add("data", o.data, "clip stores to evaluate on: files or patterns (none: those of the run)");
    options.add("memory-limit", o.memory_limit, memory_limit_help);
    declare(options, o.parts);
    declare(options, o.protocol);

    options.section("Label curve", "protocol", {word_of(ProtocolKind::label_curve)});
    options.add("label-counts", o.label_counts,
                "points of the curve: labelled clips per class to learn from, and with validation clips as "
                "many to choose settings by; each draw is part of every larger one (0: none)");
    options.add("label-shares", o.label_shares,
                "further points of the curve: shares of the labelled clips of each class, at most 1; each "
                "draw is part of every larger one (0: none)");
    options.add("fine-tune", o.fine_tunes,
                "also fine-tunes the encoder at every point of the curve, which is slow");

    options.section("Controls and intervals");
    options.add("probe-seed", o.probe_seed,
                "added to the run's seed to seed probes, draws of labels and networks trained from labels");
    options.add("supervised-epochs", o.supervised_epochs,
                "epochs of the supervised control (0: leaves it out); of several the best on the validation "
                "clips is taken. If the protocol trains the whole network, the --fine-tune-* options set how "
                "the control trains");
    options.add("supervised-learning-rate", o.supervised_learning_rate,
                "peak AdamW rate of the supervised control, with a cosine schedule");
    options.add("supervised-augmentation", o.supervised_augmentation,
                "augmentation of the supervised control: boundary, classical, both, none, skeleton or "
                "skeleton-boundary");
    options.add("bootstrap", o.bootstrap, "resamples of the test clips for the intervals of a single run");

    const auto protocols = words_of<ProtocolKind>();
    options.section("Table of accuracies", "protocol",
                    {protocols.begin(), protocols.begin() + static_cast<int>(ProtocolKind::measures)});
    options.add("per-class", o.per_class, "also prints precision, recall and F1 of each class");

    options.section("Output");
    options.add("output", o.output,
                "folder for results, cached features and unfinished trainings, for runs that are read-only "
                "(empty: evaluate/ in each run folder); with several runs, each gets a subfolder seed-N");
    options.add("json", o.json, "prints the result as one JSON object instead of tables");
    options.add("threads", o.threads, "threads of each rank");
    options.add("accept-other-code", o.accepts_other_code,
                "evaluates runs together even if different versions of the program trained them");
}

void complete(EvaluateOptions& o) {
    if (o.runs.empty()) {
        throw ConfigError{io::setting("run", "FOLDER") + " is required: the pretraining to evaluate"};
    }
    if (o.protocol.kind == ProtocolKind::transfer && o.data.empty()) {
        throw ConfigError{fmt::format("{}: {} is required: clip stores other than the run's own",
                                      io::setting("protocol", "transfer"), io::setting("data"))};
    }
    if (o.bootstrap < 1 || o.threads < 1) {
        throw ConfigError{
            fmt::format("{} and {} must be 1 or more", io::setting("bootstrap"), io::setting("threads"))};
    }
    const bool leaves_out = o.supervised_epochs == std::vector<std::int64_t>{0};
    require(leaves_out || (!o.supervised_epochs.empty() && std::ranges::min(o.supervised_epochs) >= 1),
            fmt::format(
                "{}: expected 0, or numbers of 1 or more",
                io::setting("supervised-epochs", fmt::format("{}", fmt::join(o.supervised_epochs, " ")))));
    auto& labels = o.protocol.labels;
    if (labels.fraction == 0) {
        labels.fraction = labels.count > 0 ? 1 : usual_label_fraction(o.protocol.kind);
    }
    auto config = o.protocol;
    config.probe = config.probe == ProbeKind::both ? ProbeKind::mlp : config.probe;
    if (config.kind >= ProtocolKind::measures) {
        config.kind = ProtocolKind::linear;
    }
    check(config);
    if (o.protocol.kind == ProtocolKind::label_curve) {
        check_curve(o, config);
    }
    if (trains_supervised(o)) {
        check(supervised_control(o));
    }
}

std::string name_of(const EvaluateOptions& completed) {
    const auto& protocol = completed.protocol;
    const auto* const name = word_of(protocol.kind);
    const auto& labels = protocol.labels;
    if (protocol.kind == ProtocolKind::label_curve) {
        constexpr std::size_t longest = 100;  // a file's name has at most 255 characters
        const auto points = name_of_points(completed);
        return points == name_of_points({}) ? name
               : points.size() <= longest   ? name + points
                                            : fmt::format("{}-{}", name, io::hash_text(points));
    }
    if (labels.count > 0) {
        return fmt::format("{}-{}-a-class", name, labels.count);
    }
    return labels.fraction == usual_label_fraction(protocol.kind)
               ? name
               : fmt::format("{}-{:g}", name, labels.fraction);
}

bool trains_supervised(const EvaluateOptions& o) {
    return std::ranges::max(o.supervised_epochs) > 0;
}

std::vector<LabelAmount> points_of_curve(const EvaluateOptions& o) {
    std::vector<LabelAmount> points;
    for (const auto count : std::set(o.label_counts.begin(), o.label_counts.end())) {
        if (count > 0) {
            points.push_back({.count = count});
        }
    }
    for (const auto share : std::set(o.label_shares.begin(), o.label_shares.end())) {
        if (share > 0) {
            points.push_back({.fraction = share});
        }
    }
    return points;
}

ProtocolConfig supervised_control(const EvaluateOptions& o) {
    auto config = o.protocol;
    config.kind = ProtocolKind::supervised;
    config.probe = ProbeKind::mlp;
    config.freeze = false;
    if (!trains_encoder(o.protocol)) {
        config.epochs = o.supervised_epochs;
        config.trainer = {.optimizer = {.kind = OptimizerKind::adamw,
                                        .learning_rate = o.supervised_learning_rate,
                                        .weight_decay = 0.01}};
        config.schedule = {.kind = ScheduleKind::cosine};
        config.augmentation = o.supervised_augmentation;
        config.names = {"supervised-epochs", "supervised-learning-rate", "supervised-augmentation"};
    }
    return config;
}

ClipParts parts_of(const EvaluateOptions& options, const PretrainOptions& run) {
    auto parts = options.parts;
    if (parts.left_out_signers.empty() && parts.train_fraction == 0 &&
        options.protocol.kind != ProtocolKind::transfer) {
        parts.left_out_signers = run.left_out_signers;
    }
    return parts;
}

}  // namespace sslslr
