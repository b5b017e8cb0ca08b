#include "launch/evaluated_runs.hpp"

#include <map>
#include <set>

#include <fmt/format.h>

#include "launch/run_folder.hpp"
#include "src/errors.hpp"

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

}  // namespace sslslr
