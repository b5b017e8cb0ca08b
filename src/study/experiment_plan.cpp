#include "src/study/experiment_plan.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "io/file/checksum.hpp"
#include "src/errors.hpp"
#include "src/settings/words.hpp"
#include "src/study/controls.hpp"
#include "src/study/measure.hpp"

namespace sslslr {
namespace {

std::string fold_name(const DataFacts& data, const FoldFacts& fold) {
    return fold.name.empty() ? data.name : fmt::format("{} {}", data.name, fold.name);
}

Settings protocol_settings(ProtocolKind kind) {
    return {{"protocol", word_of(kind)}};
}

/// Builds a plan. A job that is needed again is recognised by its id.
class Planner {
public:
    Planner(const StudySpec& spec, const std::vector<DataFacts>& data, const Identities& identities)
        : spec_{spec}, identities_{identities}, controls_{spec, identities} {
        plan_.data = data;
    }

    ExperimentPlan plan() {
        for (const auto& table : spec_.tables) {
            add(table);
        }
        for (const auto& figure : spec_.figures.embeddings) {
            for (const auto& data : figure.data) {
                for (const auto& method : figure.methods) {
                    add_panel(figure, index_of(data), named(spec_.methods, method, "method"));
                }
            }
        }
        return std::move(plan_);
    }

private:
    std::int64_t index_of(const std::string& data) const {
        return &named(spec_.data, data, "data") - spec_.data.data();
    }
    const DataFacts& facts(std::int64_t data) const { return plan_.data[static_cast<std::size_t>(data)]; }
    const FoldFacts& fold_facts(std::int64_t data, std::int64_t fold) const {
        return facts(data).folds[static_cast<std::size_t>(fold)];
    }
    std::int64_t folds(std::int64_t data) const { return std::ssize(facts(data).folds); }

    void add(const TableSpec& spec) {
        const auto& measure = measure_named(spec.measure);
        PlannedTable table{.spec = spec};
        for (const auto& name : spec.methods) {
            const auto& method = named(spec_.methods, name, "method");
            table.columns.push_back({method.name, method.title, std::nullopt});
        }
        if (measure.source != Measure::Source::pretraining) {
            std::ranges::move(controls_.columns(spec, measure), std::back_inserter(table.columns));
        }
        const auto targets = spec.targets.empty() ? std::vector<std::string>{""} : spec.targets;
        for (const auto& source : spec.data) {
            for (const auto& target : targets) {
                for (const auto& augmentation : spec.augmentations) {
                    add_row(table, source, target.empty() ? source : target, augmentation, measure);
                }
            }
        }
        plan_.tables.push_back(std::move(table));
    }

    void add_row(PlannedTable& table, const std::string& source_name, const std::string& target_name,
                 const std::string& augmentation_name, const Measure& measure) {
        const auto source = index_of(source_name);
        const auto target = index_of(target_name);
        const auto& augmentation = named(spec_.augmentations, augmentation_name, "augmentation");
        auto title = facts(source).title;
        title += source == target ? "" : " to " + facts(target).title;
        title += augmentation.title.empty() ? "" : " " + augmentation.title;
        table.rows.push_back({title, source_name, target_name, augmentation_name});
        std::vector<PlannedCell> cells;
        for (const auto& column : table.columns) {
            cells.push_back(column.control ? control_cell(table.spec, measure, column, target, augmentation)
                                           : cell(table.spec, measure, source, target,
                                                  named(spec_.methods, column.name, "method"), augmentation));
        }
        table.cells.push_back(std::move(cells));
    }

    PlannedCell cell(const TableSpec& spec, const Measure& measure, std::int64_t source, std::int64_t target,
                     const Variant& method, const Variant& augmentation) {
        PlannedCell cell;
        for (std::int64_t run = 0; run < spec_.runs; ++run) {
            auto& jobs = cell.emplace_back();
            for (std::int64_t fold = 0; fold < folds(source); ++fold) {
                const auto trained = pretraining(source, fold, run, method, augmentation);
                if (measure.source == Measure::Source::pretraining) {
                    jobs.push_back(trained);
                    continue;
                }
                // Within one data set, the fold that was left out tests; of another data set, all folds test.
                const auto first = source == target ? fold : 0;
                const auto last = source == target ? fold + 1 : folds(target);
                for (auto tested = first; tested < last; ++tested) {
                    jobs.push_back(evaluation({.encoder = EncoderKind::pretrained,
                                               .pretraining = trained,
                                               .data = target,
                                               .fold = tested,
                                               .run = run,
                                               .options = options_of(source, method, augmentation, run),
                                               .protocol = protocol_of(spec, measure)},
                                              name_of(trained)));
                }
            }
        }
        return cell;
    }

    PlannedCell control_cell(const TableSpec& spec, const Measure& measure, const PlannedColumn& column,
                             std::int64_t target, const Variant& augmentation) {
        const auto control = *column.control;
        const auto method =
            column.methods.empty() ? Variant{} : named(spec_.methods, column.methods.front(), "method");
        auto encoder = std::string{control == Control::random ? "random weights" : "no encoder"};
        encoder += method.name.empty() ? "" : fmt::format(" ({})", method.name);
        PlannedCell cell;
        const auto runs = control == Control::raw ? 1 : spec_.runs;
        for (std::int64_t run = 0; run < runs; ++run) {
            auto& jobs = cell.emplace_back();
            const auto options = control == Control::raw
                                     ? base_options(spec_, target, run)
                                     : controls_.options(target, run, method, augmentation);
            for (std::int64_t fold = 0; fold < folds(target); ++fold) {
                jobs.push_back(evaluation(
                    {.encoder = control == Control::random ? EncoderKind::random : EncoderKind::none,
                     .data = target,
                     .fold = fold,
                     .run = run,
                     .options = options,
                     .protocol = control_protocol(spec, measure, control)},
                    encoder));
            }
        }
        return cell;
    }

    Settings protocol_of(const TableSpec& spec, const Measure& measure) const {
        return measure.source == Measure::Source::labels
                   ? named(spec_.protocols, spec.protocol, "protocol").settings
                   : protocol_settings(ProtocolKind::measures);
    }

    Settings control_protocol(const TableSpec& spec, const Measure& measure, Control control) const {
        if (control == Control::random) {
            return protocol_of(spec, measure);
        }
        auto settings = control == Control::supervised ? supervised_protocol(spec_)->settings
                                                       : protocol_settings(ProtocolKind::raw);
        for (const auto& setting : protocol_of(spec, measure)) {
            if (setting.first == "label-fraction" || setting.first == "label-count") {
                settings = with(settings, {setting});  // as few labels as the methods get
            }
        }
        return settings;
    }

    Settings options_of(std::int64_t data, const Variant& method, const Variant& augmentation,
                        std::int64_t run) const {
        return with(with(base_options(spec_, data, run), method.settings), augmentation.settings);
    }

    std::string pretraining(std::int64_t data, std::int64_t fold, std::int64_t run, const Variant& method,
                            const Variant& augmentation) {
        const auto& clips = fold_facts(data, fold);
        PretrainingJob job{
            .data = data, .fold = fold, .run = run, .options = options_of(data, method, augmentation, run)};
        job.id = io::hash_text(fmt::format("pretraining\n{}\n{}\n{}", facts(data).fingerprint,
                                           clips.pretrain_identity, identities_.of_pretraining(job.options)));
        job.name = fmt::format("{}, {} {}, run {}", fold_name(facts(data), clips), method.name,
                               augmentation.name, run);
        if (known_.insert(job.id).second) {
            plan_.pretrainings.push_back(job);
        }
        return job.id;
    }

    /// @param encoder  the encoder as the job's name calls it
    std::string evaluation(EvaluationJob job, const std::string& encoder) {
        const auto& clips = fold_facts(job.data, job.fold);
        job.id = io::hash_text(fmt::format(
            "evaluation\n{}\n{}\n{}\n{}\n{}\nrun {}", facts(job.data).fingerprint, clips.evaluation_identity,
            identities_.of_preprocessing(base_options(spec_, job.data, job.run)), encoder_identity(job),
            identities_.of_protocol(job.protocol), job.run));
        job.name = fmt::format("{} of {} on {}, run {}", word_of(protocol_kind(job.protocol)), encoder,
                               fold_name(facts(job.data), clips), job.run);
        if (known_.insert(job.id).second) {
            plan_.evaluations.push_back(job);
        }
        return job.id;
    }

    std::string encoder_identity(const EvaluationJob& job) const {
        if (job.encoder == EncoderKind::pretrained) {
            return job.pretraining;
        }
        const auto protocol = protocol_kind(job.protocol);
        if (protocol == ProtocolKind::raw) {  // the seed draws labels unless all are used
            return job.protocol.size() == 1
                       ? "raw"
                       : fmt::format("raw, seed {}", spec_.seed + static_cast<std::uint64_t>(job.run));
        }
        return protocol == ProtocolKind::measures || identities_.is_frozen(job.protocol)
                   ? "random\n" + identities_.of_encoder(job.options)
                   : fmt::format("{}\n{}", job.encoder == EncoderKind::random ? "random" : "scratch",
                                 identities_.of_network(job.options));
    }

    std::string name_of(const std::string& pretraining) const {
        return std::ranges::find(plan_.pretrainings, pretraining, &PretrainingJob::id)->name;
    }

    /// Adds a panel of the first run on the first fold.
    void add_panel(const EmbeddingFigure& figure, std::int64_t data, const Variant& method) {
        const auto& augmentation = named(spec_.augmentations, figure.augmentation, "augmentation");
        const auto& names = fold_facts(data, 0).class_names;
        const auto trained = pretraining(data, 0, 0, method, augmentation);
        plan_.panels.push_back(
            {.data = facts(data).name,
             .data_title = facts(data).title,
             .column = method.name,
             .column_title = method.title,
             .classes = figure.classes.empty() ? std::vector<std::string>{names.front()} : figure.classes,
             .evaluation = evaluation({.encoder = EncoderKind::pretrained,
                                       .pretraining = trained,
                                       .data = data,
                                       .options = options_of(data, method, augmentation, 0),
                                       .protocol = protocol_settings(ProtocolKind::measures)},
                                      name_of(trained))});
    }

    const StudySpec& spec_;
    const Identities& identities_;
    Controls controls_;
    ExperimentPlan plan_;
    std::set<std::string> known_;
};

}  // namespace

void to_json(nlohmann::json& json, const PlannedColumn& column) {
    json = {{"name", column.name}, {"title", column.title}, {"kind", column.control ? "control" : "method"}};
    if (column.control) {
        json.update({{"control", *column.control}, {"methods", column.methods}});
    }
}

void from_json(const nlohmann::json& json, PlannedColumn& column) {
    column.name = json.at("name");
    column.title = json.at("title");
    if (json.at("kind") == "control") {
        column.control = json.value("control", json.at("name")).get<Control>();
        column.methods = json.value("methods", column.methods);
    }
}

ProtocolKind protocol_kind(const Settings& settings) {
    const auto found = std::ranges::find(settings, "protocol", &Settings::value_type::first);
    return found == settings.end() ? ProtocolKind::linear
                                   : enum_of<ProtocolKind>(found->second).value_or(ProtocolKind::linear);
}

ExperimentPlan plan_experiments(const StudySpec& spec, const std::vector<DataFacts>& data,
                                const Identities& identities) {
    return Planner{spec, data, identities}.plan();
}

}  // namespace sslslr
