#pragma once

#include "dist/group.hpp"
#include "src/data/features.hpp"
#include "src/run/pretrain_options.hpp"
#include "src/train/batches.hpp"

namespace sslslr {

/// Returns the settings for a run's batches. With an adaptive boundary they include the boundaries of every
/// clip, which takes a pass over all clips.
///
/// @param features  in host memory
/// @throws ConfigError  as augmentation_of() and check_global_batch(), or the boundary is not fixed although
///                      the augmentation permutes no view
BatchConfig batch_config_of(const PretrainOptions& options, const Features& features);

/// The same, with errors agreed by all ranks of the group. Collective.
/// @throws dist::AgreedError  as batch_config_of()
BatchConfig agreed_batch_config(const PretrainOptions& options, const Features& features,
                                const dist::Group& group);

}  // namespace sslslr
