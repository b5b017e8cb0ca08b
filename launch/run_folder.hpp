#pragma once

#include <filesystem>
#include <optional>

#include "dist/communicator.hpp"
#include "io/posix_file.hpp"
#include "launch/options.hpp"
#include "launch/pretrain_options.hpp"

namespace sslslr {

/// Makes the folder of a new run and writes its config.ini, or checks that a run found there was started with
/// the same options. Collective.
/// @throws dist::AgreedError  (ConfigError) an option differs that may not change; (DataError) the folder cannot be written
void open_run_folder(const std::filesystem::path& folder, const Options& options,
                     const dist::Communicator& ranks);

/// Keeps a second job from training in the same folder for as long as it lives, by a lock on RUN/.lock on rank 0; waits for a
/// minute, for that of a job which has just died may outlive it. On a file system without locks it keeps nobody. Collective.
/// @throws dist::AgreedError  (ConfigError) another job trains there
std::optional<io::PosixFile> lock_run_folder(const std::filesystem::path& folder,
                                             const dist::Communicator& ranks);

/// The options that a run was started with.
/// @throws ConfigError  the folder holds no run
PretrainOptions read_run_options(const std::filesystem::path& folder);

}  // namespace sslslr
