#pragma once

#include <filesystem>
#include <vector>

#include "src/protocol/evaluate_options.hpp"
#include "src/run/pretrain_options.hpp"

namespace sslslr {

/// Where results of a run's evaluations lie: in evaluate/ of its folder, or where --output says, those of several runs
/// apart by their seeds.
std::filesystem::path evaluate_folder(const PretrainOptions& run, const EvaluateOptions& options);

/// The folder of the checkpoints that an evaluation's trainings leave while it lasts.
std::filesystem::path training_folder(const PretrainOptions& run, const EvaluateOptions& options);

/// The result of one run.
std::filesystem::path result_file(const PretrainOptions& run, const EvaluateOptions& options);

/// The result of several runs together: beside that of the first, or in --output.
std::filesystem::path common_file(const std::vector<PretrainOptions>& runs, const EvaluateOptions& options);

/// Makes the folders of results, before hours of work for them: somebody else's run may not be written to.
/// @throws io::DataError  they cannot be made or written to
/// @throws ConfigError    --output holds results of other runs, which are not replaced
void make_result_folders(const std::vector<PretrainOptions>& runs, const EvaluateOptions& options);

}  // namespace sslslr
