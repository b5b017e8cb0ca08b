#pragma once

#include <map>
#include <string>
#include <vector>

#include "src/run/data_set.hpp"
#include "src/run/pretrain_options.hpp"
#include "src/train/run.hpp"

namespace sslslr {

inline constexpr const char* any_code = "any";

/// Records the training data and the program's code identity in every checkpoint of a run, and makes the run
/// resume only with equivalent data and code. Data are equivalent if they have the same landmarks and
/// training clips, the same labels if the method learns them, and, with --balance, the same groups. Their
/// location does not matter.
/// @param clips           training clips
/// @param accepted_codes  identities of other code that may have trained the run, separated by blanks, or
///                        any_code
/// @param warn            reports that other code has trained the run, on every rank
void remember_origin(RunConfig& config, const PretrainOptions& options, const DataSet& data,
                     const std::vector<std::int64_t>& clips, const std::string& accepted_codes,
                     std::function<void(const std::string&)> warn);

}  // namespace sslslr
