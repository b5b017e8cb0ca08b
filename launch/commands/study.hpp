#pragma once

#include "launch/command.hpp"

namespace sslslr {

// The subcommands of `sslslr study`; like those in command.hpp they are collective and return an ExitCode.

int study_run(Arguments arguments, const Ranks& ranks);
int study_status(Arguments arguments, const Ranks& ranks);
int study_report(Arguments arguments, const Ranks& ranks);

}  // namespace sslslr
