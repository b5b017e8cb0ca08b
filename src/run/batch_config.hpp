#pragma once

#include "dist/group.hpp"
#include "src/run/pretrain_options.hpp"
#include "src/train/batches.hpp"

namespace sslslr {

/// Returns the settings for a run's batches.
/// @throws ConfigError  as augmentation_of() and check_global_batch(), or the boundary is not fixed although
///                      the augmentation permutes no view
BatchConfig batch_config_of(const PretrainOptions& options);

/// The same, with errors agreed by all ranks of the group. Collective.
/// @throws dist::AgreedError  as batch_config_of()
BatchConfig agreed_batch_config(const PretrainOptions& options, const dist::Group& group);

}  // namespace sslslr
