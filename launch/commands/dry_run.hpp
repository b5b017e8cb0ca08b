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

/// `pretrain --dry-run`: what a model (StepEstimate) expects of a step of this training on so many GPUs. Collective.
/// @throws ConfigError  names the option
int dry_run(const PretrainOptions& training, const DryRunOptions& options, const Ranks& ranks);

}  // namespace sslslr
