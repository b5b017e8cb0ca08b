#include "src/protocol/evaluated_runs.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "io/file/json_text.hpp"
#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/protocol/labelled_clips.hpp"
#include "src/run/run_folder.hpp"
#include "src/settings/program.hpp"
#include "src/settings/words.hpp"

namespace sslslr {
namespace {

/// Returns the setting of a run: every option that decides its result, except the seed. Lists are joined.
std::map<std::string, std::string> setting_of(PretrainOptions run) {
    Options options{""};
    declare(options, run);
    std::map<std::string, std::string> setting;
    for (const auto& [name, value] : options.deciding()) {
        if (name != "seed") {
            setting[name] += setting[name].empty() ? value : " " + value;
        }
    }
    return setting;
}

void refuse_other_setting(const PretrainOptions& first, const PretrainOptions& other) {
    const auto wanted = setting_of(first);
    for (const auto& [name, value] : setting_of(other)) {
        const auto found = wanted.find(name);
        const auto before = found == wanted.end() ? std::string{} : found->second;
        if (before != value) {
            throw ConfigError{
                fmt::format("{}: runs of one setting differ only by {}, but {} is {} in {} and {} in {}",
                            io::setting("run"), io::setting("seed"), io::setting(io::Setting::declared(name)),
                            before, first.run, value, other.run)};
        }
    }
}

std::vector<std::string> as_options(std::vector<std::string> texts) {
    std::ranges::transform(texts, texts.begin(), io::as_options);
    return texts;
}

}  // namespace

std::vector<PretrainOptions> read_runs(const std::vector<std::string>& folders) {
    std::vector<PretrainOptions> runs;
    std::set<std::uint64_t> seeds;
    for (const auto& folder : folders) {
        auto run = read_run_options(folder);
        run.run = folder;
        if (!seeds.insert(run.seed).second) {
            throw ConfigError{fmt::format(
                "{}: another run has the same seed, {}: an interval needs runs of different seeds",
                io::setting("run", folder), run.seed)};
        }
        if (!runs.empty()) {
            refuse_other_setting(runs.front(), run);
        }
        runs.push_back(std::move(run));
    }
    return runs;
}

Trainings check_pretraining(const std::vector<PretrainOptions>& runs, const EvaluationSetting& setting) {
    std::optional<RunEncoders> first;
    std::vector<std::string> fingerprints;
    std::vector<std::string> notes;
    std::vector<std::string> codes;
    for (const auto& run : runs) {
        auto encoders = read_encoders(run, setting);
        if (first && first->steps != encoders.steps) {
            throw ConfigError{
                fmt::format("{}: its newest checkpoint is of step {}, that of {} of step {}: finish the runs "
                            "(the same pretrain commands resume them)",
                            io::setting("run", run.run), encoders.steps, runs.front().run, first->steps)};
        }
        if (first && first->data_fingerprint != encoders.data_fingerprint) {
            throw ConfigError{
                fmt::format("{}: it was trained on other data than {}: runs of one setting differ only by {}",
                            io::setting("run", run.run), runs.front().run, io::setting("seed"))};
        }
        if (first && first->code != encoders.code && !setting.options.accepts_other_code) {
            throw ConfigError{fmt::format(
                "{}: trained by a program of code {}, {} by one of code {}, so they may differ by more than "
                "their seeds: train them with one program, or add {}, which is recorded",
                io::setting("run", run.run), named_code(encoders.code), runs.front().run,
                named_code(first->code), io::setting("accept-other-code"))};
        }
        codes.push_back(encoders.code);
        fingerprints.push_back(encoders.data_fingerprint);
        if (auto note = note_of_code(run.run, encoders.code); !note.empty()) {
            notes.push_back(std::move(note));
        }
        if (!first) {
            first = std::move(encoders);
        }
    }
    auto seen = seen_clips(runs, fingerprints, setting);
    notes.insert(notes.end(), seen.notes.begin(), seen.notes.end());
    seen.notes.clear();
    return {std::move(seen), std::move(notes), first->steps, std::move(codes)};
}

nlohmann::json facts_of(const std::vector<PretrainOptions>& runs, const EvaluationSetting& setting,
                        const Trainings& trainings) {
    const auto& options = setting.options;
    nlohmann::json facts{{"protocol", word_of(options.protocol.kind)},
                         {"train_clips", setting.clips.train.size()},
                         {"validation_clips", setting.clips.validation.size()},
                         {"test_clips", setting.clips.test.size()},
                         {"clips", setting.clips.test},
                         {"classes", setting.clips.class_names},
                         {"parts", setting.clips.how},
                         {"label_fraction", options.protocol.labels.fraction},
                         {"label_count", options.protocol.labels.count},
                         {"test_clips_seen_in_pretraining", io::json_or_null(trainings.seen.test)},
                         {"test_clips_equal_to_training_clips", trainings.seen.repeated},
                         {"notes", as_options(trainings.notes)},
                         {"steps", trainings.steps},
                         {"code", code_identity()},
                         {"trained_by", trainings.codes},
                         {"source", runs.front().data},
                         {"target", options.data.empty() ? runs.front().data : options.data}};
    std::vector<std::string> folders;
    std::vector<std::uint64_t> seeds;
    for (const auto& run : runs) {
        folders.push_back(std::filesystem::weakly_canonical(run.run).string());
        seeds.push_back(run.seed);
    }
    if (options.protocol.kind != ProtocolKind::label_curve) {  // its points have their own
        const LabelledClips labelled{setting.clips, options.protocol.labels,
                                     runs.front().seed + options.probe_seed};
        facts["train_labels"] = labelled.train().size();
        facts["validation_labels"] = labelled.validation().size();
    }
    facts["run"] = folders.front();
    facts["runs"] = folders;
    facts["seeds"] = seeds;
    return facts;
}

}  // namespace sslslr
