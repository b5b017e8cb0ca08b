#pragma once

#include <span>
#include <string>

#include "launch/command.hpp"

namespace sslslr {

/// A command with its name and description.
struct Subcommand {
    const char* name;
    int (*run)(Arguments, const Ranks&);
    const char* does;
};

/// A group of commands, selected by the first argument.
struct Subcommands {
    std::string group;  ///< "boundary"; empty: the program's own commands
    std::string usage;  ///< text above the list of commands
    std::span<const Subcommand> commands;
};

/// Runs the command that the first argument names, with the other arguments, or prints the list of commands
/// for --help.
/// @throws ConfigError  there is no such command; lists the commands
int run_subcommand(const Subcommands& subcommands, Arguments arguments, const Ranks& ranks);

}  // namespace sslslr
