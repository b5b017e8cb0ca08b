#include "launch/subcommands.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "src/errors.hpp"
#include "src/settings/options.hpp"

namespace sslslr {
namespace {

std::string usage_of(const Subcommands& subcommands) {
    std::size_t width = 0;
    for (const auto& command : subcommands.commands) {
        width = std::max(width, std::string{command.name}.size());
    }
    auto text = subcommands.usage;
    for (const auto& command : subcommands.commands) {
        text += fmt::format("  {:<{}} {}\n", command.name, width + 1, command.does);
    }
    return text;
}

}  // namespace

bool read_or_help(Options& options, Arguments arguments, const Ranks& ranks) {
    const bool is_read = options.read(arguments);
    if (!is_read && ranks.is_first()) {
        fmt::print("{}", options.help());
    }
    return is_read;
}

int run_subcommand(const Subcommands& subcommands, Arguments arguments, const Ranks& ranks) {
    const auto name = arguments.empty() ? std::string{} : arguments.front();
    if (name == "--help" || name == "-h" || name == "--help-all") {
        if (ranks.is_first()) {
            fmt::print("{}", usage_of(subcommands));
        }
        return exit_done;
    }
    const auto command = std::ranges::find(subcommands.commands, name,
                                           [](const Subcommand& c) { return std::string{c.name}; });
    if (command == subcommands.commands.end()) {
        const auto where = subcommands.group.empty() ? "" : subcommands.group + ": ";
        throw ConfigError{where +
                          (name.empty() ? "no command given\n" : fmt::format("unknown command {}\n", name)) +
                          usage_of(subcommands)};
    }
    return command->run(arguments.subspan(1), ranks);
}

}  // namespace sslslr
