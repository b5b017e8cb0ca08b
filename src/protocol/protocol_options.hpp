#pragma once

#include "src/protocol/evaluation_clips.hpp"
#include "src/protocol/protocol.hpp"
#include "src/settings/options.hpp"

namespace sslslr {

/// Declares which clips train, validate and test; `parts` must outlive `options`.
void declare(Options& options, ClipParts& parts);

/// Declares a protocol and everything that it can be told; `config` must outlive `options`.
void declare(Options& options, ProtocolConfig& config);

/// The defaults of training a whole network from labels: the paper's, where it says.
///
/// SGD at 0.1 for 256 clips (Goyal et al. 2017, section 2.1), momentum 0.9, weight decay 1e-4; 1,000 epochs, the rate
/// rising over 600 and falling over 400 (Madjoukeng et al. 2025, section 6.2).
ProtocolConfig default_protocol();

}  // namespace sslslr
