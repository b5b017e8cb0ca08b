#pragma once

#include <filesystem>
#include <vector>

#include "src/protocol/evaluate_options.hpp"
#include "src/run/pretrain_options.hpp"

namespace sslslr {

/// Returns the folder of a run's results: evaluate/ in the run's folder, or the one that --output names.
/// There, each of several runs has a folder seed-N.
std::filesystem::path evaluate_folder(const PretrainOptions& run, const EvaluateOptions& options);

/// Returns the folder for checkpoints of the trainings of an evaluation that is not finished.
std::filesystem::path training_folder(const PretrainOptions& run, const EvaluateOptions& options);

/// Returns the file with the result of one run.
std::filesystem::path result_file(const PretrainOptions& run, const EvaluateOptions& options);

/// Returns the file with the common result of several runs: next to that of the first run, or in --output.
std::filesystem::path common_file(const std::vector<PretrainOptions>& runs, const EvaluateOptions& options);

/// Creates the folders of results before hours of work, because another person's run may be read-only.
/// @throws io::DataError  they cannot be created or written to
/// @throws ConfigError    --output holds results of other runs, which are not replaced
void make_result_folders(const std::vector<PretrainOptions>& runs, const EvaluateOptions& options);

}  // namespace sslslr
