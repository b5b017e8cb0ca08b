#include "src/protocol/evaluated_runs.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "src/errors.hpp"
#include "src/run/run_folder.hpp"

namespace sslslr {
namespace {

/// What makes a setting: every option that decides the result of a run, but for its seed. Lists are joined.
std::map<std::string, std::string> setting_of(PretrainOptions run) {
    Options options{""};
    declare(options, run);
    std::map<std::string, std::string> setting;
    for (const auto& [name, value] : options.values()) {
        const bool decides = name == "epochs" || name == "max-steps" || !options.is_changeable(name);
        if (decides && name != "seed") {
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
            throw ConfigError{fmt::format(
                "--run: runs of one setting differ by --seed alone, but --{} is {} in {} and {} in {}", name,
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
            throw ConfigError{
                fmt::format("--run {}: another of the runs has the seed {}, too: an interval needs runs of "
                            "different seeds",
                            folder, run.seed)};
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
    for (const auto& run : runs) {
        auto encoders = read_encoders(run, setting);
        if (first && first->steps != encoders.steps) {
            throw ConfigError{fmt::format(
                "--run {}: its newest checkpoint is of step {}, that of {} of step {}: let the runs end "
                "(the same pretrain commands go on)",
                run.run, encoders.steps, runs.front().run, first->steps)};
        }
        if (first && first->data_fingerprint != encoders.data_fingerprint) {
            throw ConfigError{
                fmt::format("--run {}: it was trained on other data than {}: runs of one setting differ by "
                            "--seed alone",
                            run.run, runs.front().run)};
        }
        fingerprints.push_back(encoders.data_fingerprint);
        if (!encoders.is_preprocessed_as_now) {
            notes.push_back(fmt::format(
                "{}: trained by another version of the program on clips preprocessed otherwise than "
                "those that test: evaluate it by that version, or train it again",
                run.run));
        }
        if (!first) {
            first = std::move(encoders);
        }
    }
    auto seen = seen_clips(runs, fingerprints, setting);
    notes.insert(notes.end(), seen.notes.begin(), seen.notes.end());
    seen.notes.clear();
    return {std::move(seen), std::move(notes), first->steps};
}

}  // namespace sslslr
