#include <filesystem>

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "launch/batch_config.hpp"
#include "launch/command.hpp"
#include "launch/data_set.hpp"
#include "launch/evaluate_options.hpp"
#include "launch/result_table.hpp"
#include "launch/run_folder.hpp"
#include "launch/terminal.hpp"
#include "src/data/clip_selection.hpp"
#include "src/errors.hpp"
#include "src/evaluate/embed.hpp"
#include "src/evaluate/knn.hpp"
#include "src/evaluate/metrics.hpp"
#include "src/evaluate/probe.hpp"
#include "src/evaluate/raw_skeletons.hpp"
#include "src/method/supervised.hpp"
#include "src/train/checkpoints.hpp"

namespace sslslr {
namespace {

constexpr const char* evaluate_usage =
    "usage: [mpirun -n N] sslslr evaluate --run FOLDER [OPTIONS]\n\n"
    "Accuracy of a pretrained encoder, frozen, on clips that took no part in its training, beside its "
    "controls: the same\n"
    "encoder with random weights, nearest neighbours on the raw skeletons, and supervised training from "
    "scratch.";

/// Everything an evaluation works on.
struct Setting {
    const EvaluateOptions& options;
    const PretrainOptions& run;
    const DataSet& data;
    Classes classes;
    std::vector<std::int64_t> train;
    std::vector<std::int64_t> test;
    dist::Group& group;

    torch::Tensor labels(const std::vector<std::int64_t>& clips) const {
        return torch::tensor(labels_of(clips, classes.labels));
    }
};

void choose_clips(Setting& setting) {
    const auto& o = setting.options;
    const auto& index = setting.data.index();
    const auto& signers = o.left_out_signers.empty() ? setting.run.left_out_signers : o.left_out_signers;
    if (o.test_split.empty() && signers.empty()) {
        throw ConfigError{"nothing to test on: name a --test-split or a --leave-out-signer"};
    }
    const auto& tested_signers = o.test_signers.empty() && o.test_split.empty() ? signers : o.test_signers;
    setting.test =
        select_clips(index, {.split = o.test_split, .signers = tested_signers, .only_labelled = true});
    setting.train = without(
        select_clips(index, {.split = o.train_split, .left_out_signers = signers, .only_labelled = true}),
        setting.test);
    if (setting.train.empty()) {
        throw ConfigError{"no clip is left to train the probes on: every labelled one is tested"};
    }
}

/// Scores of every classifier that the protocol asks for, on a method's frozen features.
void add_rows(ResultTable& table, const std::string& name, Method& method, const Setting& setting) {
    const EmbedOptions cached{
        .cache = std::filesystem::path{setting.run.run} / "evaluate" / "features",
        .settings = fmt::format("{} heads, {}, {}, {}", setting.run.method.encoder.heads,
                                setting.run.method.encoder.pooling, setting.run.method.encoder.position,
                                setting.run.precision)};
    const auto features = [&](const std::vector<std::int64_t>& clips) {
        return embed(method, setting.data.features(), clips, setting.group, cached).cpu().to(torch::kFloat32);
    };
    const LabelledFeatures train{features(setting.train), setting.labels(setting.train),
                                 setting.classes.count};
    const auto queries = features(setting.test);
    if (setting.options.protocol == "knn") {
        table.add(name, fmt::format("{} neighbours, cosine", setting.options.neighbours),
                  knn_cosine_votes(queries, train, {.k = setting.options.neighbours}));
        return;
    }
    const ProbeTrial trial{.seed = setting.options.probe_seed};
    for (const auto& [column, hidden] :
         {std::pair{"MLP probe", std::int64_t{512}}, std::pair{"linear probe", std::int64_t{0}}}) {
        table.add(name, column, probe_scores(train, queries, {&trial, 1}, {.hidden = hidden})[0]);
    }
}

/// Trains with labels from scratch, from the run's own initial weights, and scores with the classifier
/// trained along.
void add_supervised(ResultTable& table, const Setting& setting) {
    const auto& o = setting.options;
    auto config = setting.run.method;
    config.name = "supervised";
    config.classes = setting.classes.count;
    auto method = make_method(config, setting.run.seed);
    method->set_precision(precision_of(setting.run.precision));
    BatchConfig views;
    agree(setting.group.communicator(),
          [&] { views = batch_config_of(setting.run, setting.data.features()); });
    views.augmentation.kind = o.supervised_augmentation;
    const Batches batches{setting.data.features(), setting.train, views, setting.classes.labels};
    const Schedule schedule{{.name = "cosine"}, o.supervised_epochs, batches.steps_per_epoch()};
    Trainer trainer{
        *method,
        batches,
        {.optimizer = {.name = "adamw", .learning_rate = o.supervised_learning_rate, .weight_decay = 0.01}},
        schedule,
        setting.group};
    const bool speaks = setting.group.rank() == 0 && !o.json;
    if (speaks) {
        fmt::print("control: supervised training from scratch, {} steps\n", schedule.steps());
    }
    TrainingProgress progress{speaks, 0, schedule.steps()};
    while (trainer.steps_done() < schedule.steps()) {
        progress.show(trainer.step());
    }
    const auto features = embed(*method, setting.data.features(), setting.test, setting.group);
    const torch::NoGradGuard no_grad;
    table.add("supervised from scratch", "own classifier",
              dynamic_cast<Supervised&>(*method).classify(features).cpu());
}

void load_trained(Method& method, const std::filesystem::path& run, const Ranks& ranks) {
    const auto warn = [](const std::string& text) { fmt::print(stderr, "sslslr: warning: {}\n", text); };
    const auto checkpoint = Checkpoints{run, ranks.world}.read_newest(warn);
    if (!checkpoint) {
        throw ConfigError{
            fmt::format("--run {}: no checkpoint there yet; let sslslr pretrain write one", run.string())};
    }
    load_weights(method, *checkpoint, "encoder.");
}

ResultTable evaluate_all(const Setting& setting, const Ranks& ranks) {
    ResultTable table{setting.labels(setting.test), setting.options.bootstrap};
    // The encoder alone counts here, and every method draws it first: the simplest method stands for all.
    auto config = setting.run.method;
    config.name = "supervised";
    config.classes = std::max<std::int64_t>(setting.classes.count, 2);
    const auto method = make_method(config, setting.run.seed);
    method->set_precision(precision_of(setting.run.precision));
    method->to(setting.group.device());
    add_rows(table, "same encoder, random weights", *method, setting);
    load_trained(*method, setting.run.run, ranks);
    add_rows(table, setting.run.method.name, *method, setting);

    const auto raw = [&](const std::vector<std::int64_t>& clips) {
        torch::Tensor skeletons;
        agree(ranks.world, [&] { skeletons = raw_skeletons(setting.data.features(), clips); });
        return skeletons;
    };
    table.add("nearest neighbours, raw skeletons",
              fmt::format("{} neighbours, Euclidean", setting.options.raw_neighbours),
              knn_euclidean_votes(raw(setting.test),
                                  {raw(setting.train), setting.labels(setting.train), setting.classes.count},
                                  setting.options.raw_neighbours));
    if (setting.options.supervised_epochs > 0) {
        add_supervised(table, setting);
    }
    return table;
}

}  // namespace

int evaluate(Arguments arguments, const Ranks& ranks) {
    EvaluateOptions fields;
    Options options{evaluate_usage};
    declare(options, fields);
    if (!read_or_help(options, arguments, ranks)) {
        return exit_done;
    }
    if (fields.run.empty()) {
        throw ConfigError{"--run FOLDER is missing: which pretraining shall be evaluated?"};
    }
    if (fields.protocol != "linear" && fields.protocol != "knn") {
        throw ConfigError{fmt::format("--protocol {}: expected linear or knn", fields.protocol)};
    }
    at::set_num_threads(static_cast<int>(fields.threads));
    auto run = read_run_options(fields.run);
    run.run = fields.run;
    const DataSet data{fields.data.empty() ? run.data : fields.data,
                       {run.preprocess, weights_type(precision_of(run.precision)), fields.memory_limit},
                       ranks};
    run.method.encoder.features = data.features().layout.width();
    run.method.encoder.frames = run.preprocess.frames;
    dist::Group group{ranks.world.duplicate(), dist::default_device(ranks.node)};
    Setting setting{fields, run, data, data.classes(), {}, {}, group};
    choose_clips(setting);

    const auto table = evaluate_all(setting, ranks);
    agree(ranks.world, [&] {
        if (ranks.is_first()) {
            auto result = table.json();
            result["protocol"] = fields.protocol;
            result["run"] = fields.run;
            result["train_clips"] = setting.train.size();
            result["test_clips"] = setting.test.size();
            result["classes"] = setting.classes.names;
            write_json(std::filesystem::path{fields.run} / "evaluate" / (fields.protocol + ".json"), result);
            fmt::print(
                "{}\n",
                fields.json
                    ? result.dump(2)
                    : fmt::format("\n{} evaluation: {} test clips of {} signs, {} training clips; one seed,\n"
                                  "95 % bootstrap intervals over the test clips (they know nothing of other "
                                  "seeds or signers)\n\n{}",
                                  fields.protocol, setting.test.size(), setting.classes.count,
                                  setting.train.size(), table.text()));
        }
    });
    return exit_done;
}

}  // namespace sslslr
