#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "launch/command.hpp"
#include "src/run/pretrain_options.hpp"
#include "src/settings/options.hpp"

namespace sslslr {

struct DryRunOptions {
    std::vector<std::int64_t> gpus{1, 8, 64, 512};
    std::string machine = "a100";
    bool json = false;
};

void declare(Options& options, DryRunOptions& fields);

/// Implements `pretrain --dry-run`: prints estimates of memory, time and communication of a training step on
/// the given numbers of GPUs (see StepEstimate). Collective.
/// @throws ConfigError  an option is not valid; names it
int dry_run(const PretrainOptions& training, const DryRunOptions& options, const Ranks& ranks);

}  // namespace sslslr
