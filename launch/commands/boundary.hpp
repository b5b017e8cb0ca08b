#pragma once

#include "launch/command.hpp"

namespace sslslr {

// The subcommands of `sslslr boundary`; like those in command.hpp they are collective and return an ExitCode.

int boundary_plan(Arguments arguments, const Ranks& ranks);
int boundary_work(Arguments arguments, const Ranks& ranks);
int boundary_status(Arguments arguments, const Ranks& ranks);
int boundary_report(Arguments arguments, const Ranks& ranks);

}  // namespace sslslr
