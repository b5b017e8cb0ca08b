#pragma once

#include <map>
#include <string>
#include <vector>

#include "src/run/data_set.hpp"
#include "src/run/pretrain_options.hpp"
#include "src/train/run.hpp"

namespace sslslr {

/// Makes every checkpoint of a run remember its training data, and the run resume only with what is the same to it: the
/// same landmarks and training clips, and the same labels where they are learnt, in whatever place.
/// The same for the code of the program.
/// @param clips               that train
/// @param accepts_other_code  the run may have been begun by another, of which `warn` is told on the first rank
void remember_origin(RunConfig& config, const PretrainOptions& options, const DataSet& data,
                     const std::vector<std::int64_t>& clips, bool accepts_other_code,
                     std::function<void(const std::string&)> warn);

}  // namespace sslslr
