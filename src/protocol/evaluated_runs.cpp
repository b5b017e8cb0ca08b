#include "src/protocol/evaluated_runs.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/run/run_folder.hpp"
#include "src/settings/program.hpp"

namespace sslslr {
namespace {

/// What makes a setting: every option that decides the result of a run, but for its seed. Lists are joined.
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
                fmt::format("{}: runs of one setting differ by {} alone, but {} is {} in {} and {} in {}",
                            io::setting("run"), io::setting("seed"), io::setting(io::Setting::declared(name)),
                            before, first.run, value, other.run)};
        }
    }
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
                "{}: another of the runs has the seed {}, too: an interval needs runs of different seeds",
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
                fmt::format("{}: its newest checkpoint is of step {}, that of {} of step {}: let the runs "
                            "end (the same pretrain commands go on)",
                            io::setting("run", run.run), encoders.steps, runs.front().run, first->steps)};
        }
        if (first && first->data_fingerprint != encoders.data_fingerprint) {
            throw ConfigError{fmt::format(
                "{}: it was trained on other data than {}: runs of one setting differ by {} alone",
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

}  // namespace sslslr
