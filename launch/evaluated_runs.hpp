#pragma once

#include <string>
#include <vector>

#include "launch/pretrain_options.hpp"

namespace sslslr {

/// The options of several runs of one setting, each with its folder filled in.
/// @throws ConfigError  a folder holds no run; they differ by more than the seed, or not by it
std::vector<PretrainOptions> read_runs(const std::vector<std::string>& folders);

}  // namespace sslslr
