#pragma once

#include <string>
#include <vector>

#include "src/settings/options.hpp"

namespace sslslr {

/// The arguments of `sslslr pretrain`, completed by what a run folder holds.
struct ResumedRun {
    std::vector<std::string> arguments;
    std::string note;  ///< what the user should know about it; empty: nothing
};

/// `--run R` without --data and --config takes R's own config.ini, if there is one. `--config R/config.ini` without --run
/// means the run in R even if it was started in another place: then R was moved.
/// @throws ConfigError  config.ini lies in one run's folder and names that of another
ResumedRun resumed_run(Arguments arguments);

}  // namespace sslslr
