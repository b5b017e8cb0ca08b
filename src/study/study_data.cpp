#include "src/study/study_data.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <numeric>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "io/file/checksum.hpp"
#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/protocol/protocol_options.hpp"
#include "src/protocol/run_evaluation.hpp"

namespace sslslr {
namespace {

/// Sets fields from settings and returns all options with their values.
template <class Fields>
Options read_fields(Fields& fields, const Settings& settings, const std::string& where) {
    Options options{""};
    declare(options, fields);
    options.read_settings(settings, where);
    return options;
}

using Part = std::set<Decides>;
const Part clips_alone{Decides::clips};
const Part encoder{Decides::clips, Decides::encoder};
const Part network{Decides::clips, Decides::encoder, Decides::learning};

/// Returns the options of a training that decide `part`; without a part, all that decide anything.
std::string identity_of_options(const Settings& settings, const std::optional<Part>& part) {
    PretrainOptions fields;
    const auto options = read_fields(fields, settings, io::setting("study"));
    return text_of(part ? options.deciding(*part) : options.deciding());
}

std::string identity_of_protocol(const Settings& settings) {
    auto config = default_protocol();
    return text_of(read_fields(config, settings, io::setting("study")).deciding());
}

std::string hash_of(std::initializer_list<const std::vector<std::int64_t>*> lists) {
    io::Checksum checksum;
    for (const auto* const list : lists) {
        const auto count = std::ssize(*list);
        checksum.add(std::as_bytes(std::span{&count, 1}));
        checksum.add(std::as_bytes(std::span{*list}));
    }
    return io::hex(checksum.value());
}

FoldFacts facts_of(const std::string& name, const EvaluationClips& clips) {
    FoldFacts facts{.name = name, .how = clips.how};
    facts.pretrain_identity = hash_of({&clips.pretrain});
    facts.evaluation_identity = hash_of({&clips.train, &clips.validation, &clips.test, &clips.labels});
    facts.pretrain = std::ssize(clips.pretrain);
    facts.train = std::ssize(clips.train);
    facts.validation = std::ssize(clips.validation);
    facts.test = clips.test;
    facts.test_classes = clips.classes_of(clips.test);
    facts.class_names = clips.class_names;
    return facts;
}

/// Whether all clips of a data set may pretrain: no setting, figure or table tests on any of them, and every
/// table that trains on it has targets.
bool only_pretrains(const StudySpec& spec, const DataSpec& data, const ClipParts& parts) {
    const auto names = [&](const std::vector<std::string>& list) {
        return std::ranges::find(list, data.name) != list.end();
    };
    return parts.test_split.empty() && parts.left_out_signers.empty() && parts.train_fraction == 0 &&
           !data.leaves_out_each &&
           std::ranges::none_of(spec.figures.embeddings,
                                [&](const auto& figure) { return names(figure.data); }) &&
           std::ranges::all_of(spec.tables, [&](const TableSpec& table) {
               return !names(table.targets) && (!names(table.data) || !table.targets.empty());
           });
}

EvaluationClips pretraining_alone(const io::ClipIndex& index, const ClipParts& parts) {
    EvaluationClips clips;
    clips.pretrain = select_clips(index, {.split = parts.train_split});
    clips.labels = index.labels;
    clips.class_names = index.label_names;
    clips.how = "all pretrain";
    return clips;
}

/// Returns how the clips of a data set become frames: with all that any of the trainings reads.
/// @throws ConfigError  a method or an augmentation needs them otherwise
PreprocessConfig preprocess_of(const StudySpec& spec, const DataSpec& data) {
    const auto base = with(spec.pretrain, data.settings);
    auto config = preprocess_config_of(pretrain_options_of(base, data.where));
    for (const auto* const variants : {&spec.methods, &spec.augmentations}) {
        for (const auto& variant : *variants) {
            auto own = preprocess_config_of(pretrain_options_of(with(base, variant.settings), data.where));
            config.validity = config.validity || own.validity;
            own.validity = config.validity;
            require(own == config,
                    fmt::format(
                        "{}: {} changes how clips become frames, which all trainings of a data set share: "
                        "set it in [pretrain] or in [data {}]",
                        data.where, variant.name, data.name));
        }
    }
    return config;
}

}  // namespace

PretrainOptions pretrain_options_of(const Settings& settings, const std::string& where) {
    PretrainOptions fields;
    read_fields(fields, settings, where);
    return fields;
}

ProtocolConfig protocol_config_of(const Settings& settings, const std::string& where) {
    auto config = default_protocol();
    read_fields(config, settings, where);
    check(config);
    return config;
}

void check_views(const StudyDataSets& data, const ExperimentPlan& plan) {
    for (const auto& job : plan.evaluations) {
        if (job.run == 0 && job.fold == 0 && protocol_kind(job.protocol) != ProtocolKind::measures) {
            place_errors(job.name, [&] {
                check_views(protocol_config_of(job.protocol, job.name),
                            pretrain_options_of(job.options, job.name),
                            data.data(job.data).features().layout);
            });
        }
    }
}

Identities identities_of_jobs() {
    const auto of = [](std::optional<Part> part) {
        return [part = std::move(part)](const Settings& settings) {
            return identity_of_options(settings, part);
        };
    };
    return {.of_pretraining = of(std::nullopt),
            .of_preprocessing = of(clips_alone),
            .of_encoder = of(encoder),
            .of_network = of(network),
            .of_protocol = identity_of_protocol,
            .is_frozen = [](const Settings& settings) {
                return !trains_encoder(protocol_config_of(settings, io::setting("study")));
            }};
}

StudyDataSets::StudyDataSets(const StudySpec& spec, const std::string& memory_limit, const Ranks& ranks) {
    static_cast<void>(bytes_of_limit(memory_limit));  // checked here: no setting of the study file
    for (const auto& data : spec.data) {
        const auto options = pretrain_options_of(with(spec.pretrain, data.settings), data.where);
        place_errors(data.where, [&] {
            sets_.push_back(std::make_unique<DataSet>(
                options.data,
                DataOptions{preprocess_of(spec, data), weights_type(options.precision), memory_limit,
                            /*keeps_prints=*/true},
                ranks));
        });
        keep_prints(ranks);
        part(spec, data);
    }
}

/// Keeps them on every rank, because any of them may record a training.
void StudyDataSets::keep_prints(const Ranks& ranks) {
    const auto& set = *sets_.back();
    std::vector<std::int64_t> all(static_cast<std::size_t>(set.index().clips()));
    std::iota(all.begin(), all.end(), std::int64_t{0});
    auto prints = set.prints(all, ranks);
    const auto bytes = ranks.world.broadcast(
        {reinterpret_cast<const char*>(prints.data()), prints.size() * sizeof(io::ClipPrint)});
    prints.resize(all.size());
    std::memcpy(prints.data(), bytes.data(), bytes.size());
    prints_.push_back(std::move(prints));
}

std::vector<io::ClipPrint> StudyDataSets::prints(std::int64_t number,
                                                 const std::vector<std::int64_t>& clips) const {
    const auto& all = prints_[static_cast<std::size_t>(number)];
    std::vector<io::ClipPrint> chosen;
    std::ranges::transform(clips, std::back_inserter(chosen),
                           [&](std::int64_t clip) { return all[static_cast<std::size_t>(clip)]; });
    return chosen;
}

void StudyDataSets::part(const StudySpec& study, const DataSpec& spec) {
    const auto& set = *sets_.back();
    const auto& index = set.index();
    ClipParts parts;
    read_fields(parts, spec.parts, spec.where);
    const auto attribute = [&](const char* name) {
        const auto found = index.attributes.find(name);
        return found == index.attributes.end() ? std::string{} : found->second;
    };
    DataFacts facts{.name = spec.name, .title = spec.title, .published = spec.published};
    facts.language = attribute("language");
    facts.licence = attribute("licence");
    facts.source = attribute("source");
    facts.fingerprint = set.fingerprint();
    facts.clips = index.clips();
    facts.signers = std::ssize(index.signer_names);
    parts_.emplace_back();
    clips_.emplace_back();
    const auto names = spec.leaves_out_each ? index.signer_names : std::vector<std::string>{""};
    if (spec.leaves_out_each && names.size() < 2) {
        throw ConfigError{
            fmt::format("{}: leave-out-signer = each: expected data of 2 signers or more, found {}",
                        spec.where, names.size())};
    }
    for (const auto& name : names) {
        auto fold = parts;
        if (!name.empty()) {
            fold.left_out_signers = {name};
        }
        place_errors(spec.where, [&] {
            clips_.back().push_back(only_pretrains(study, spec, parts) ? pretraining_alone(index, parts)
                                                                       : part_clips(index, fold));
        });
        facts.folds.push_back(facts_of(name, clips_.back().back()));
        parts_.back().push_back(std::move(fold));
    }
    facts_.push_back(std::move(facts));
}

}  // namespace sslslr
