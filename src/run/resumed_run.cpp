#include "src/run/resumed_run.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/settings/ini_file.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

constexpr const char* config_name = "config.ini";

/// Returns the option as a command-line argument.
std::string option(const std::string& name) {
    return "--" + name;
}

/// Returns the value of `--name VALUE` or `--name=VALUE`.
std::optional<std::string> given(Arguments arguments, const std::string& name) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == option(name)) {
            return i + 1 < arguments.size() ? arguments[i + 1] : std::string{};
        }
        if (arguments[i].starts_with(option(name) + "=")) {
            return arguments[i].substr(name.size() + 3);
        }
    }
    return std::nullopt;
}

bool is_run(const fs::path& folder) {
    std::error_code ignored;
    return fs::exists(folder / config_name, ignored) &&
           (fs::exists(folder / "checkpoints", ignored) || fs::exists(folder / "metrics.jsonl", ignored));
}

/// Returns the run folder that a configuration file names; empty if it names none.
std::string run_in(const std::string& config) {
    const auto what = io::setting("config", config);
    const auto sections = parse_ini(read_text(config, what), what);
    for (const auto& line : sections.front().lines) {
        if (line.name == "run") {
            return unquoted(line.value);
        }
    }
    return "";
}

/// Returns the folder of `config` if that is a run's folder and the file names another one: the run was
/// moved.
/// @throws ConfigError  the other folder also holds a run
std::optional<fs::path> moved_run(const std::string& config) {
    const fs::path path{config};
    const auto folder = path.has_parent_path() ? path.parent_path() : fs::path{"."};
    if (path.filename() != config_name || !is_run(folder)) {
        return std::nullopt;
    }
    const fs::path named{run_in(config)};
    std::error_code ignored;
    if (named.empty() || fs::equivalent(named, folder, ignored)) {
        return std::nullopt;
    }
    if (is_run(named)) {
        throw ConfigError{
            fmt::format("{}: it is in one run's folder but names another's (run = {}): choose with {} or {}",
                        io::setting("config", config), named.string(), io::setting("run", folder.string()),
                        io::setting("run", named.string()))};
    }
    return folder;
}

}  // namespace

ResumedRun resumed_run(Arguments arguments) {
    ResumedRun resumed{{arguments.begin(), arguments.end()}, ""};
    const std::set<std::string> asks_for_help{option("help"), option("help-all"), "-h"};
    if (std::ranges::any_of(arguments, [&](const auto& each) { return asks_for_help.contains(each); })) {
        return resumed;
    }
    const auto run = given(arguments, "run");
    const auto config = given(arguments, "config");
    if (run && !config && !given(arguments, "data") && fs::exists(fs::path{*run} / config_name)) {
        resumed.arguments.insert(resumed.arguments.end(),
                                 {option("config"), (fs::path{*run} / config_name).string()});
    } else if (config && !run) {
        if (const auto folder = moved_run(*config)) {
            resumed.arguments.insert(resumed.arguments.end(), {option("run"), folder->string()});
            resumed.note = fmt::format("the run of {} was started in {}: resuming it where it is now",
                                       *config, run_in(*config));
        }
    }
    return resumed;
}

}  // namespace sslslr
