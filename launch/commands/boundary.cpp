#include "launch/commands/boundary.hpp"

#include <array>

#include "launch/subcommands.hpp"

namespace sslslr {
namespace {

constexpr const char* boundary_usage =
    "usage: sslslr boundary COMMAND --study FOLDER [OPTIONS]      (each COMMAND has its own --help)\n\n"
    "Finds how many first (k1) and last (k2) frames of signs carry no information, by many trainings that\n"
    "permute more and more of them (Madjoukeng et al. 2025, algorithm 1).\n\n";

constexpr std::array boundary_commands{
    Subcommand{"plan", boundary_plan,
               "plans what is trained and tested, and estimates the number of jobs and hours"},
    Subcommand{"work", boundary_work,
               "runs jobs until none is left; start any number of workers, on any node"},
    Subcommand{"status", boundary_status, "shows the progress of the search, at any time"},
    Subcommand{"report", boundary_report,
               "reports k1, k2, curves, an analysis of clips, and boundaries without a search"},
};

}  // namespace

int boundary(Arguments arguments, const Ranks& ranks) {
    return run_subcommand({"boundary", boundary_usage, boundary_commands}, arguments, ranks);
}

}  // namespace sslslr
