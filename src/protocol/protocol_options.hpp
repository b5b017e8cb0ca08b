#pragma once

#include "src/protocol/evaluation_clips.hpp"
#include "src/protocol/protocol.hpp"
#include "src/settings/options.hpp"

namespace sslslr {

/// Declares the options for clips to train, validate and test on; `parts` must outlive `options`.
void declare(Options& options, ClipParts& parts);

/// Declares the options of a protocol; `config` must outlive `options`.
void declare(Options& options, ProtocolConfig& config);

/// Returns the defaults for training a whole network from labels: the paper's where it states them.
///
/// SGD at 0.1 for 256 clips (Goyal et al. 2017, section 2.1), momentum 0.9, weight decay 1e-4; 1,000 epochs
/// with a rate that rises over 600 and falls over 400 (Madjoukeng et al. 2025, section 6.2).
ProtocolConfig default_protocol();

}  // namespace sslslr
