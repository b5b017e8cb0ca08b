#include "launch/commands/boundary.hpp"

#include <array>

#include "launch/subcommands.hpp"

namespace sslslr {
namespace {

constexpr const char* boundary_usage =
    "usage: sslslr boundary COMMAND --study FOLDER [OPTIONS]      (each COMMAND has its own --help)\n\n"
    "Finds how many first (k1) and last (k2) frames of signs carry no information, by many trainings that\n"
    "permute ever more of them (Madjoukeng et al. 2025, algorithm 1).\n\n";

constexpr std::array boundary_commands{
    Subcommand{"plan", boundary_plan,
               "settles what is trained and tested; says how many jobs and hours that is"},
    Subcommand{"work", boundary_work, "takes jobs until none is left; start as many as you like, anywhere"},
    Subcommand{"status", boundary_status, "how far the search is, at any moment"},
    Subcommand{"report", boundary_report,
               "k1, k2, curves, per-clip analysis, what needs no search beside it"},
};

}  // namespace

int boundary(Arguments arguments, const Ranks& ranks) {
    return run_subcommand({"boundary", boundary_usage, boundary_commands}, arguments, ranks);
}

}  // namespace sslslr
