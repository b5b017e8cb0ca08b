#include "src/study/study_file.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/protocol/protocol_options.hpp"
#include "src/study/measure.hpp"
#include "src/study/study_data.hpp"
#include "src/study/study_section.hpp"

namespace sslslr {
namespace {

DataSpec data_of(const StudySection& section, StudyKeys keys) {
    DataSpec data{.name = section.name, .title = keys.text("title", section.name)};
    data.where = keys.where();
    data.published = keys.text("published");
    data.parts = keys.take(ClipParts{});
    data.is_optional = keys.flag("optional");
    data.leaves_out_each = std::erase(data.parts, Settings::value_type{"leave-out-signer", "each"}) > 0;
    data.settings = keys.options(PretrainOptions{});
    return data;
}

template <class Fields>
Variant variant_of(const StudySection& section, StudyKeys keys, const Fields& fields) {
    Variant variant{.name = section.name, .title = keys.text("title")};
    variant.settings = keys.options(fields);
    return variant;
}

Variant protocol_of(const StudySection& section, StudyKeys keys) {
    auto variant = variant_of(section, keys, default_protocol());
    const auto found = std::ranges::find(variant.settings, "protocol", &Settings::value_type::first);
    if (found == variant.settings.end()) {
        throw ConfigError{fmt::format("{}: protocol is required: linear, knn, ...", keys.where())};
    }
    place_errors(keys.where("protocol"), [&] { protocol_config_of(variant.settings, section.name); });
    found->second = unquoted(found->second);
    return variant;
}

TableSpec table_of_section(const StudySection& section, StudyKeys keys, const StudySpec& study) {
    TableSpec table{.name = section.name, .title = keys.text("title", section.name)};
    table.note = keys.text("note");
    table.layout = keys.word<TableLayout>("layout", table.layout);
    table.measure = keys.text("measure", table.measure);
    table.protocol = keys.text("protocol");
    table.data = keys.names("data", study.data, "data");
    table.targets = keys.names("targets", study.data, "data");
    table.methods = keys.names("methods", study.methods, "method");
    table.augmentations = keys.names("augmentations", study.augmentations, "augmentation");
    keys.refuse_others();
    place_errors(keys.where("measure"), [&] {
        if (measure_named(table.measure).source == Measure::Source::labels && table.protocol.empty()) {
            throw ConfigError{fmt::format("measure = {} needs a protocol", table.measure)};
        }
    });
    if (!table.protocol.empty()) {
        place_errors(keys.where("protocol"), [&] { named(study.protocols, table.protocol, "protocol"); });
    }
    if (table.data.empty() || table.methods.empty() || table.augmentations.empty()) {
        throw ConfigError{fmt::format("{}: data, methods and augmentations are required", keys.where())};
    }
    return table;
}

EmbeddingFigure embedding_of(StudyKeys& keys, const StudySpec& study) {
    EmbeddingFigure figure;
    figure.data = keys.names("data", study.data, "data");
    figure.methods = keys.names("methods", study.methods, "method");
    figure.augmentation = keys.text("augmentation");
    figure.classes = keys.words("classes");
    if (figure.data.empty() || figure.methods.empty() || figure.augmentation.empty()) {
        throw ConfigError{fmt::format("{}: data, methods and augmentation are required", keys.where())};
    }
    place_errors(keys.where("augmentation"),
                 [&] { named(study.augmentations, figure.augmentation, "augmentation"); });
    return figure;
}

StripFigure strip_of(StudyKeys& keys) {
    StripFigure figure;
    figure.store = keys.text("store");
    figure.where = keys.where("clips");
    figure.clips = keys.numbers("clips");
    figure.k1 = keys.text("k1", figure.k1);
    figure.k2 = keys.text("k2", figure.k2);
    if (figure.store.empty() || figure.clips.empty()) {
        throw ConfigError{fmt::format("{}: store and clips are required", keys.where())};
    }
    return figure;
}

SpreadFigure spread_of(StudyKeys& keys, const StudySpec& study) {
    SpreadFigure figure;
    figure.trainings = keys.text("trainings");
    figure.accuracies = keys.text("accuracies");
    if (figure.trainings.empty() || figure.accuracies.empty()) {
        throw ConfigError{
            fmt::format("{}: trainings and accuracies are required: each names a table", keys.where())};
    }
    place_errors(keys.where("accuracies"), [&] { named(study.tables, figure.accuracies, "table"); });
    place_errors(keys.where("trainings"), [&] {
        const auto& measure = named(study.tables, figure.trainings, "table").measure;
        if (measure_named(measure).source != Measure::Source::pretraining) {
            throw ConfigError{fmt::format(
                "trainings = {}: expected a table that measures trainings, such as measure = spread_end; it "
                "measures {}",
                figure.trainings, measure)};
        }
    });
    return figure;
}

SearchFigure search_of(StudyKeys& keys) {
    SearchFigure figure;
    figure.search = keys.text("search");
    figure.title = keys.text("title", figure.search);
    if (figure.search.empty()) {
        throw ConfigError{
            fmt::format("{}: search is required: the folder of a boundary search", keys.where())};
    }
    return figure;
}

void add_figure(StudySpec& study, const StudySection& section, StudyKeys keys) {
    if (section.name == "2") {
        study.figures.strips.push_back(strip_of(keys));
    } else if (section.name == "4") {
        study.figures.searches.push_back(search_of(keys));
    } else if (section.name == "7") {
        study.figures.embeddings.push_back(embedding_of(keys, study));
    } else if (section.name == "8") {
        study.figures.spreads.push_back(spread_of(keys, study));
    } else {
        throw ConfigError{fmt::format(
            "{}: expected [figure 2], [figure 4] (with 5 and 6), [figure 7] or [figure 8], as the paper "
            "numbers them",
            keys.where())};
    }
    keys.refuse_others();
}

ClaimSpec claim_of(const StudySection& section, StudyKeys keys, const StudySpec& study) {
    ClaimSpec claim{.name = section.name};
    claim.says = keys.text("says");
    claim.kind = keys.word<ClaimKind>("kind");
    claim.tables = keys.names("tables", study.tables, "table");
    claim.better = keys.words("better");
    claim.worse = keys.words("worse");
    claim.limit = keys.number("limit", claim.limit);
    claim.why = keys.text("why");
    keys.refuse_others();
    if (claim.kind == ClaimKind::own_choice && claim.better.size() != 1) {
        throw ConfigError{fmt::format("{}: expected one augmentation, the one that all data sets use",
                                      keys.where("better"))};
    }
    if (claim.kind == ClaimKind::interaction && claim.tables.size() != 2) {
        throw ConfigError{fmt::format("{}: expected two tables", keys.where("tables"))};
    }
    return claim;
}

}  // namespace

std::string study_text(const std::string& path) {
    if (path.empty()) {
        throw ConfigError{
            fmt::format("{} is required: the study file (configs/study/examples.ini explains its format)",
                        io::setting("study", "FILE"))};
    }
    return read_text(path, io::setting("study", path));
}

StudySpec parse_study(const std::string& text, const std::string& path, bool is_stored) {
    StudySpec spec;
    const std::pair<std::string, std::function<void(const StudySection&, StudyKeys)>> kinds[]{
        // each kind names entries of those before it
        {"",
         [&](const StudySection&, StudyKeys keys) {
             spec.title = keys.text("title", path);
             spec.runs = keys.count("runs", spec.runs);
             spec.seed = keys.number("seed", spec.seed);
             spec.ranks_per_job = keys.count("ranks-per-job", spec.ranks_per_job);
             keys.refuse_others();
         }},
        {"pretrain",
         [&](const StudySection&, StudyKeys keys) { spec.pretrain = keys.options(PretrainOptions{}); }},
        {"data",
         [&](const StudySection& s, const StudyKeys& keys) { spec.data.push_back(data_of(s, keys)); }},
        {"method",
         [&](const StudySection& s, const StudyKeys& keys) {
             spec.methods.push_back(variant_of(s, keys, PretrainOptions{}));
         }},
        {"augmentation",
         [&](const StudySection& s, const StudyKeys& keys) {
             spec.augmentations.push_back(variant_of(s, keys, PretrainOptions{}));
         }},
        {"protocol", [&](const StudySection& s,
                         const StudyKeys& keys) { spec.protocols.push_back(protocol_of(s, keys)); }},
        {"table", [&](const StudySection& s,
                      const StudyKeys& keys) { spec.tables.push_back(table_of_section(s, keys, spec)); }},
        {"figure", [&](const StudySection& s, const StudyKeys& keys) { add_figure(spec, s, keys); }},
        {"claim", [&](const StudySection& s, const StudyKeys& keys) {
             spec.claims.push_back(claim_of(s, keys, spec));
         }}};
    auto sections = sections_of(text, io::setting("study", path));
    const auto kind_of = [&](const StudySection& section) {
        const auto* const kind =
            std::ranges::find(kinds, section.kind, [](const auto& each) { return each.first; });
        if (kind == std::end(kinds)) {
            throw ConfigError{fmt::format(
                "{}, line {}: unknown section [{}]; expected [pretrain], [data NAME], [method NAME], "
                "[augmentation NAME], [protocol NAME], [table NAME], [figure NAME] or [claim NAME]",
                io::setting("study", path), section.number, section.kind)};
        }
        return kind;
    };
    std::ranges::stable_sort(sections, {}, kind_of);
    for (const auto& section : sections) {
        kind_of(section)->second(section, StudyKeys{section, path, is_stored});
    }
    if (spec.tables.empty()) {
        throw ConfigError{
            fmt::format("{}: no [table NAME], so there is nothing to do", io::setting("study", path))};
    }
    return spec;
}

}  // namespace sslslr
