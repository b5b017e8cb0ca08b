#pragma once

#include <span>
#include <string>

#include "launch/command.hpp"

namespace sslslr {

/// A command by its name.
struct Subcommand {
    const char* name;
    int (*run)(Arguments, const Ranks&);
    const char* does;
};

/// Commands of which the first argument names one.
struct Subcommands {
    std::string group;  ///< "boundary"; empty: the program's own
    std::string usage;  ///< what stands above the list of commands
    std::span<const Subcommand> commands;
};

/// Runs the command that the arguments name, with the rest of them, or prints what there is for --help.
/// @throws ConfigError  no such command; names those there are
int run_subcommand(const Subcommands& subcommands, Arguments arguments, const Ranks& ranks);

}  // namespace sslslr
