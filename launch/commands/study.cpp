#include "launch/commands/study.hpp"

#include <array>

#include "launch/subcommands.hpp"

namespace sslslr {
namespace {

constexpr const char* study_usage =
    "usage: sslslr study COMMAND --study FILE [OPTIONS]      (each COMMAND has its own --help)\n\n"
    "Runs whole tables of experiments from one file that lists data sets, methods, augmentations,\n"
    "protocols and runs. Each training is done once, even if several tables need it.\n\n";

constexpr std::array study_commands{
    Subcommand{"run", study_run, "runs the jobs that are not done; start any number of workers, on any node"},
    Subcommand{"status", study_status, "shows the progress of the study, at any time"},
    Subcommand{"report", study_report, "writes tables and figures of the results so far, at any time"},
};

}  // namespace

int study(Arguments arguments, const Ranks& ranks) {
    return run_subcommand({"study", study_usage, study_commands}, arguments, ranks);
}

}  // namespace sslslr
