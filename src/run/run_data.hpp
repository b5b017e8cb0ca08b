#pragma once

#include <map>
#include <string>
#include <vector>

#include "src/run/data_set.hpp"
#include "src/run/pretrain_options.hpp"
#include "src/train/run.hpp"

namespace sslslr {

/// Whether a checkpoint is of clips preprocessed as this program does it. Earlier versions, which filled a
/// partly missing hand as a whole and did not scale clips without shoulders, made other features of the same
/// options.
bool is_preprocessed_as_now(const std::map<std::string, std::string>& attributes);

/// Makes every checkpoint of a run remember its training data and their preprocessing, and the run resume
/// only with what is the same to it: the same landmarks and training clips, and the same labels where they
/// are learnt, in whatever place.
/// @param clips  that train
void remember_data(RunConfig& config, const PretrainOptions& options, const DataSet& data,
                   const std::vector<std::int64_t>& clips);

}  // namespace sslslr
