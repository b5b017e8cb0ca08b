#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "io/file/json_text.hpp"
#include "launch/command.hpp"
#include "launch/terminal.hpp"
#include "src/errors.hpp"
#include "src/protocol/evaluated_runs.hpp"
#include "src/protocol/evaluation_files.hpp"
#include "src/protocol/evaluation_notes.hpp"
#include "src/protocol/measured_run.hpp"
#include "src/protocol/run_evaluation.hpp"
#include "src/run/run_folder.hpp"
#include "src/run/stop_request.hpp"

namespace sslslr {
namespace {

constexpr const char* evaluate_usage =
    "usage: [mpirun -n N] sslslr evaluate --run FOLDER [FOLDER ...] [OPTIONS]\n\n"
    "Measures the accuracy of a pretrained encoder on clips that were not used in its training, compared\n"
    "with its controls: the same encoder with random weights, nearest neighbours on the raw skeletons,\n"
    "and supervised training from scratch. Several runs with the same settings give means with 95 %\n"
    "Student intervals, a single run gives bootstrap intervals over test clips. Ctrl-C, SIGTERM, SIGHUP\n"
    "and SIGUSR1 stop it with exit code 75; the same command resumes an interrupted training.";

using Runs = std::vector<PretrainOptions>;

/// Returns whether validation clips are used to choose settings; otherwise they are training clips like the
/// others.
bool chooses(const ProtocolConfig& config) {
    return trains_encoder(config) ? config.epochs.size() > 1
                                  : config.kind != ProtocolKind::measures && trains_probe(config) &&
                                        config.probe_rates.size() * config.probe_weight_decays.size() > 1;
}

std::string heading_of(const nlohmann::json& facts, const EvaluationSetting& setting) {
    const auto protocol = setting.options.protocol.kind;
    const auto runs = facts["runs"].size();
    const auto share = facts["label_fraction"].get<double>();
    const auto count = facts["label_count"].get<std::int64_t>();
    const auto validating = facts["validation_clips"].get<std::int64_t>();
    const bool are_chosen_on = validating > 0 && chooses(setting.options.protocol);
    const auto of_which = are_chosen_on    ? fmt::format(" to train on and {} to choose settings", count)
                          : validating > 0 ? " from both"
                                           : "";
    auto text = fmt::format(
        "\n{} evaluation: {} test clips of {} signs, {} training clips{}{} ({})",
        facts["protocol"].get<std::string>(), facts["test_clips"].get<std::int64_t>(),
        setting.clips.shown_classes(), facts["train_clips"].get<std::int64_t>(),
        are_chosen_on ? fmt::format(" and {} to choose settings, which are then trained on, too", validating)
        : validating > 0 ? fmt::format(" and {} validation clips, which are trained on, too", validating)
                         : "",
        count > 0   ? fmt::format(", labels of {}{}", text_of(LabelAmount{.count = count}), of_which)
        : share < 1 ? fmt::format(", {:g} % of their labels", 100 * share)
                    : "",
        facts["parts"].get<std::string>());
    if (protocol == ProtocolKind::transfer) {
        text += fmt::format("\ntrained on {}, labels and test clips of {}",
                            fmt::join(facts["source"].get<std::vector<std::string>>(), ", "),
                            fmt::join(facts["target"].get<std::vector<std::string>>(), ", "));
    }
    if (protocol == ProtocolKind::measures) {
        return text + "\n\n";
    }
    return text +
           (runs > 1
                ? fmt::format("\n{} runs, each with its own seed for weights, order and probes: means with "
                              "95 % Student intervals\n\n",
                              runs)
                : "; one seed,\n95 % bootstrap intervals over the test clips "
                  "(they do not cover other seeds or signers)\n\n");
}

/// Prints the results of all runs together, and writes them along with those of each run. Called on rank 0.
template <class Table>
void write_results(const Runs& runs, const EvaluationSetting& setting, const std::vector<Table>& tables,
                   const Table& all, const Trainings& trainings, const std::string& more) {
    auto result = all.json();
    const auto facts = facts_of(runs, setting, trainings);
    result.update(facts);
    // Print first, so that the results are not lost if the disk is full.
    fmt::print("{}\n", setting.options.json ? io::json_text(result, 2)
                                            : heading_of(facts, setting) + all.text() + more);
    std::fflush(stdout);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        auto own = tables[i].json();
        own.update(facts_of({runs[i]}, setting, trainings));
        io::write_json(result_file(runs[i], setting.options), own);
    }
    if (runs.size() > 1) {
        io::write_json(common_file(runs, setting.options), result);
    }
}

void measure(const Runs& runs, const EvaluationSetting& setting, const Trainings& trainings) {
    MeasureTable all;
    std::vector<MeasureTable> tables(runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const auto encoders = read_encoders(runs[i], setting);
        const auto& features = setting.data.features();
        const LabelledClips labelled{setting.clips, setting.options.protocol.labels,
                                     runs[i].seed + setting.options.probe_seed};
        const auto add = [&](const std::string& name, const NamedMeasures& measures) {
            tables[i].add(name, measures);
            all.add(name, measures);
        };
        for (const auto& [name, method] :
             {std::pair{std::string{random_weights}, encoders.random},
              std::pair{std::string{runs[i].method.kind->name}, encoders.trained}}) {
            add(name, measured_features(*method, features, setting.clips, labelled, setting.group,
                                        cached_features(runs[i], evaluate_folder(runs[i], setting.options),
                                                        setting.warn_of_cache))
                          .measures);
        }
        add(raw_skeletons_row, measured_skeletons(features, setting.clips, labelled, setting.group));
    }
    agree(setting.ranks.world, [&] {
        if (setting.ranks.is_first()) {
            write_results(runs, setting, tables, all, trainings, "");
        }
    });
}

/// Evaluates all runs and combines their results.
/// @return false if it was stopped
template <class Table, class Evaluate, class More>
bool score(const Runs& runs, const EvaluationSetting& setting, const Trainings& trainings,
           const std::function<Table(const PretrainOptions&)>& empty, const Evaluate& evaluate_one,
           const More& more) {
    auto all = empty(runs.front());
    std::vector<Table> tables;
    for (const auto& run : runs) {
        tables.push_back(empty(run));
        if (!evaluate_one(run, read_encoders(run, setting), setting, tables.back())) {
            return false;
        }
        all.append(tables.back());
    }
    agree(setting.ranks.world, [&] {
        if (setting.ranks.is_first()) {
            write_results(runs, setting, tables, all, trainings, more(all));
            for (const auto& run : runs) {
                std::filesystem::remove_all(training_folder(run, setting.options));
            }
        }
    });
    return true;
}

TestSet test_set(const EvaluationSetting& setting) {
    return {torch::tensor(setting.clips.classes_of(setting.clips.test)), setting.clips.class_names,
            setting.options.bootstrap};
}

bool score_table(const Runs& runs, const EvaluationSetting& setting, const Trainings& trainings) {
    return score<ResultTable>(
        runs, setting, trainings, [&](const auto&) { return ResultTable{test_set(setting)}; }, evaluate_run,
        [&](const ResultTable& all) {
            return setting.options.per_class ? all.per_class_text() : std::string{};
        });
}

bool score_curve(const Runs& runs, const EvaluationSetting& setting, const Trainings& trainings) {
    const auto empty = [&](const PretrainOptions& run) {
        std::vector<LabelPoint> points;
        for (const auto& amount : points_of_curve(setting.options)) {
            points.push_back(label_point(setting.clips, amount, run.seed + setting.options.probe_seed));
        }
        return LabelCurve{test_set(setting), std::move(points)};
    };
    return score<LabelCurve>(runs, setting, trainings, empty, evaluate_curve, [&](const LabelCurve&) {
        return "src/report/label_curve.py draws the result file";
    });
}

/// Returns a function that prints only its first warning, instead of one for every encoder and part of the
/// clips. Its copies count as one.
std::function<void(const std::string&)> cache_warner() {
    return [said = std::make_shared<bool>(false)](const std::string& text) {
        if (!std::exchange(*said, true)) {
            print_warning(text + "; features are computed but not stored");
        }
    };
}

/// Returns a function that shows the progress of one training. The clock starts with the first report,
/// because the first step is not known before.
std::function<void(const StepReport&)> progress_of(bool speaks, std::int64_t steps) {
    const auto progress = std::make_shared<std::optional<TrainingProgress>>();
    return [=](const StepReport& report) {
        if (*progress) {
            (*progress)->show(report);
        } else {
            progress->emplace(speaks, report.step, steps);
        }
    };
}

}  // namespace

int evaluate(Arguments arguments, const Ranks& ranks) {
    EvaluateOptions fields;
    Options options{evaluate_usage};
    declare(options, fields);
    options.common(
        "run data train-split validation-split test-split leave-out-signer train-fraction classes protocol "
        "validation-signer validation-fraction label-fraction label-count probe probe-rates fine-tune-epochs "
        "supervised-epochs output per-class json threads");
    if (!read_or_help(options, arguments, ranks)) {
        return exit_done;
    }
    complete(fields);
    at::set_num_threads(static_cast<int>(fields.threads));
    const auto runs = read_runs(fields.runs);
    const auto& first = runs.front();
    const DataSet data{data_for(first, fields.data, ranks.world),
                       {preprocess_config_of(first), weights_type(first.precision), fields.memory_limit,
                        /*keeps_prints=*/true},
                       ranks};
    const auto clips = part_clips(data.index(), parts_of(fields, first));
    dist::Group group{ranks.world.duplicate(), dist::default_device(ranks.node)};
    const bool speaks = ranks.is_first() && !fields.json;
    const EvaluationSetting setting{
        .options = fields,
        .data = data,
        .clips = clips,
        .group = group,
        .ranks = ranks,
        .warn_of_cache = cache_warner(),
        .say =
            [speaks](const std::string& text) {
                if (speaks) {
                    fmt::print("{}\n", text);
                    std::fflush(stdout);
                }
            },
        .progress = [speaks](std::int64_t steps) { return progress_of(speaks, steps); }};
    agree(ranks.world, [&] {
        if (ranks.is_first()) {
            make_result_folders(runs, fields);
        }
    });
    auto trainings = check_pretraining(runs, setting);
    const auto notes = notes_of_evaluation(clips, fields, first.seed + fields.probe_seed);
    trainings.notes.insert(trainings.notes.end(), notes.begin(), notes.end());
    if (ranks.is_first()) {
        std::ranges::for_each(trainings.notes, print_warning);
    }
    if (fields.protocol.kind == ProtocolKind::measures) {
        measure(runs, setting, trainings);
        return exit_done;
    }
    catch_stop_signals();
    if (fields.protocol.kind == ProtocolKind::label_curve ? score_curve(runs, setting, trainings)
                                                          : score_table(runs, setting, trainings)) {
        return exit_done;
    }
    if (ranks.is_first() && !fields.json) {
        fmt::print("stopped on request: the same command resumes and reuses finished trainings\n");
    }
    return exit_stopped;
}

}  // namespace sslslr
