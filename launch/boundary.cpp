#include "launch/boundary.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "src/errors.hpp"

namespace sslslr {
namespace {

struct BoundaryCommand {
    const char* name;
    int (*run)(Arguments, const Ranks&);
    const char* does;
};

constexpr std::array boundary_commands{
    BoundaryCommand{"plan", boundary_plan,
                    "settles what is trained and tested; says how many jobs and hours that is"},
    BoundaryCommand{"work", boundary_work,
                    "takes jobs until none is left; start as many as you like, anywhere"},
    BoundaryCommand{"status", boundary_status, "how far the search is, at any moment"},
    BoundaryCommand{"report", boundary_report,
                    "k1, k2, curves, per-clip analysis, what needs no search beside it"},
};

std::string boundary_usage() {
    std::string text =
        "usage: sslslr boundary COMMAND --study FOLDER [OPTIONS]      (each COMMAND has its own --help)\n\n"
        "Finds how many first (k1) and last (k2) frames of signs carry no information, by many trainings "
        "that\n"
        "permute ever more of them (Madjoukeng et al. 2025, algorithm 1).\n\n";
    for (const auto& command : boundary_commands) {
        text += fmt::format("  {:<7} {}\n", command.name, command.does);
    }
    return text;
}

}  // namespace

int boundary(Arguments arguments, const Ranks& ranks) {
    const auto name = arguments.empty() ? std::string{} : arguments.front();
    if (name == "--help" || name == "-h") {
        if (ranks.is_first()) {
            fmt::print("{}", boundary_usage());
        }
        return exit_done;
    }
    const auto* const command = std::ranges::find(
        boundary_commands, name, [](const BoundaryCommand& c) { return std::string{c.name}; });
    if (command == boundary_commands.end()) {
        throw ConfigError{(name.empty() ? "boundary: no command given\n"
                                        : fmt::format("boundary: unknown command {}\n", name)) +
                          boundary_usage()};
    }
    return command->run(arguments.subspan(1), ranks);
}

}  // namespace sslslr
