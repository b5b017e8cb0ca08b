#pragma once

#include <string>
#include <vector>

#include "src/settings/options.hpp"

namespace sslslr {

/// The arguments of `sslslr pretrain`, completed from a run folder.
struct ResumedRun {
    std::vector<std::string> arguments;
    std::string note;  ///< message for the user, or empty
};

/// Completes the arguments. `--run R` without --data and --config adds R's own config.ini, if it exists.
/// `--config R/config.ini` without --run adds --run R if the file names another folder, because the run was
/// moved.
/// @throws ConfigError  config.ini is in one run's folder and names another run
ResumedRun resumed_run(Arguments arguments);

}  // namespace sslslr
