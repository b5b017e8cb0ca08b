#include "src/protocol/evaluate_options.hpp"

#include <fmt/format.h>

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

}  // namespace

EvaluateOptions::EvaluateOptions() : protocol{default_protocol()} {
    protocol.probe = ProbeKind::both;
    protocol.label_fraction = 0;
}

void declare(Options& options, EvaluateOptions& o) {
    options.section("What is evaluated");
    options.add(
        "run", o.runs,
        "folders of pretrainings of one setting, each from its own seed; results go to their evaluate/, or "
        "to --output");
    options.add("data", o.data, "clip stores: files or patterns (none: those of the run)");
    options.add("memory-limit", o.memory_limit, memory_limit_help);
    declare(options, o.parts);
    declare(options, o.protocol);

    options.section("Controls and intervals");
    options.add("probe-seed", o.probe_seed,
                "added to the run's seed: of probes, draws of labels, and networks trained from labels");
    options.add("supervised-epochs", o.supervised_epochs,
                "of the supervised control (0: leaves it out), which trains as --fine-tune-... say where the "
                "protocol trains the whole network");
    options.add("supervised-learning-rate", o.supervised_learning_rate,
                "of its AdamW, falling along a cosine");
    options.add("supervised-augmentation", o.supervised_augmentation,
                "of its clips: boundary, classical, both, none, skeleton or skeleton-boundary");
    options.add("bootstrap", o.bootstrap, "resamples of the test clips for the intervals of a single run");

    options.section("Output");
    options.add(
        "output", o.output,
        "folder for results, cached features and unfinished trainings, for runs that may not be written to "
        "(empty: evaluate/ in each run's folder); several runs get a folder seed-N each");
    options.add("per-class", o.per_class, "prints precision, recall and F1 of each class, too");
    options.add("json", o.json, "prints the result as one JSON object instead of tables");
    options.add("threads", o.threads, "threads of each rank");
    options.add("accept-other-code", o.accepts_other_code,
                "takes runs for those of one setting that different versions of the program have trained");
}

void complete(EvaluateOptions& o) {
    if (o.runs.empty()) {
        throw ConfigError{io::setting("run", "FOLDER") +
                          " is missing: which pretraining shall be evaluated?"};
    }
    if (o.protocol.kind == ProtocolKind::transfer && o.data.empty()) {
        throw ConfigError{fmt::format("{}: name the {} whose labels are learnt, other than the run's own",
                                      io::setting("protocol", "transfer"), io::setting("data"))};
    }
    if (o.supervised_epochs < 0 || o.bootstrap < 1 || o.threads < 1) {
        throw ConfigError{fmt::format("{} must be 0 or more, {} and {} 1 or more",
                                      io::setting("supervised-epochs"), io::setting("bootstrap"),
                                      io::setting("threads"))};
    }
    if (!(o.supervised_learning_rate > 0)) {
        throw ConfigError{fmt::format("{}: expected a rate above 0",
                                      io::setting("supervised-learning-rate", o.supervised_learning_rate))};
    }
    if (o.protocol.label_fraction == 0) {
        o.protocol.label_fraction = usual_label_fraction(o.protocol.kind);
    }
    auto config = o.protocol;
    config.probe = config.probe == ProbeKind::both ? ProbeKind::mlp : config.probe;
    if (config.kind == ProtocolKind::measures) {
        config.kind = ProtocolKind::linear;
    }
    check(config);
    if (o.supervised_epochs > 0) {
        check(supervised_control(o));
    }
}

std::string name_of(const EvaluateOptions& completed) {
    const auto& protocol = completed.protocol;
    const auto* const name = word_of(protocol.kind);
    return protocol.label_fraction == usual_label_fraction(protocol.kind)
               ? name
               : fmt::format("{}-{:g}", name, protocol.label_fraction);
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
