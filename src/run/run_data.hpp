#pragma once

#include <map>
#include <string>
#include <vector>

#include "src/run/data_set.hpp"
#include "src/run/pretrain_options.hpp"
#include "src/train/run.hpp"

namespace sslslr {

inline constexpr const char* any_code = "any";

/// Makes every checkpoint of a run remember its training data, and the run resume only with what is the same
/// to it: the same landmarks and training clips, and the same labels where they are learnt, in whatever
/// place; and, where they are balanced, with the same clips in each store or of each signer.
/// The same for the code of the program.
/// @param clips               that train
/// @param accepted_codes      of programs that may have begun the run, separated by blanks, or any_code
/// @param warn                reports that another has, on every rank
void remember_origin(RunConfig& config, const PretrainOptions& options, const DataSet& data,
                     const std::vector<std::int64_t>& clips, const std::string& accepted_codes,
                     std::function<void(const std::string&)> warn);

}  // namespace sslslr
