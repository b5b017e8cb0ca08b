#pragma once

#include <vector>

#include "launch/data_set.hpp"
#include "launch/pretrain_options.hpp"
#include "src/train/run.hpp"

namespace sslslr {

/// Makes every checkpoint of a run remember its training data, and the run resume only with what is the same to it: the
/// same landmarks and training clips, and the same labels where they are learnt, in whatever place.
/// @param clips  that train
void remember_data(RunConfig& config, const PretrainOptions& options, const DataSet& data,
                   const std::vector<std::int64_t>& clips);

}  // namespace sslslr
