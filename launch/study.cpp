#include "launch/study.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "src/errors.hpp"

namespace sslslr {
namespace {

struct StudyCommand {
    const char* name;
    int (*run)(Arguments, const Ranks&);
    const char* does;
};

constexpr std::array study_commands{
    StudyCommand{"run", study_run, "does what is missing; start as many as you like, anywhere"},
    StudyCommand{"status", study_status, "how far the study is, at any moment"},
    StudyCommand{"report", study_report, "tables and figures of what is done, at any moment"},
};

std::string study_usage() {
    std::string text =
        "usage: sslslr study COMMAND --study FILE [OPTIONS]      (each COMMAND has its own --help)\n\n"
        "Whole tables of experiments from one file that lists data sets, methods, augmentations, protocols "
        "and runs.\n"
        "Each training is done once, however many tables need it.\n\n";
    for (const auto& command : study_commands) {
        text += fmt::format("  {:<7} {}\n", command.name, command.does);
    }
    return text;
}

}  // namespace

int study(Arguments arguments, const Ranks& ranks) {
    const auto name = arguments.empty() ? std::string{} : arguments.front();
    if (name == "--help" || name == "-h") {
        if (ranks.is_first()) {
            fmt::print("{}", study_usage());
        }
        return exit_done;
    }
    const auto* const command =
        std::ranges::find(study_commands, name, [](const StudyCommand& c) { return std::string{c.name}; });
    if (command == study_commands.end()) {
        throw ConfigError{
            (name.empty() ? "study: no command given\n" : fmt::format("study: unknown command {}\n", name)) +
            study_usage()};
    }
    return command->run(arguments.subspan(1), ranks);
}

}  // namespace sslslr
