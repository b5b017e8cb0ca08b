#include "launch/commands/study.hpp"

#include <array>

#include "launch/subcommands.hpp"

namespace sslslr {
namespace {

constexpr const char* study_usage =
    "usage: sslslr study COMMAND --study FILE [OPTIONS]      (each COMMAND has its own --help)\n\n"
    "Whole tables of experiments from one file that lists data sets, methods, augmentations, protocols and "
    "runs.\n"
    "Each training is done once, however many tables need it.\n\n";

constexpr std::array study_commands{
    Subcommand{"run", study_run, "does what is missing; start as many as you like, anywhere"},
    Subcommand{"status", study_status, "how far the study is, at any moment"},
    Subcommand{"report", study_report, "tables and figures of what is done, at any moment"},
};

}  // namespace

int study(Arguments arguments, const Ranks& ranks) {
    return run_subcommand({"study", study_usage, study_commands}, arguments, ranks);
}

}  // namespace sslslr
