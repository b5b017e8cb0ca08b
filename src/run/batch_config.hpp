#pragma once

#include "dist/group.hpp"
#include "src/data/features.hpp"
#include "src/run/pretrain_options.hpp"
#include "src/train/batches.hpp"

namespace sslslr {

/// What a run's batches are made with; where the boundary is adaptive, with every clip's own.
///
/// @param features  in host memory
/// @throws ConfigError  as augmentation_of and check_global_batch; a boundary that varies where no view is
///                      permuted
BatchConfig batch_config_of(const PretrainOptions& options, const Features& features);

/// The same on every rank of a group, or the same error. Collective.
/// @throws dist::AgreedError  as batch_config_of
BatchConfig agreed_batch_config(const PretrainOptions& options, const Features& features,
                                const dist::Group& group);

}  // namespace sslslr
