#pragma once

#include "launch/command.hpp"

namespace sslslr {

// The parts of `sslslr study`, each like a subcommand of its own.

int study_run(Arguments arguments, const Ranks& ranks);
int study_status(Arguments arguments, const Ranks& ranks);
int study_report(Arguments arguments, const Ranks& ranks);

}  // namespace sslslr
