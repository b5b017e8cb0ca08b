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
/// @param lock  keeps a second job from training there for as long as what is returned lives, by RUN/.lock on rank 0; waits
///              for a minute, for the lock of a job that has just died may outlive it. Where there are no locks, keeps nobody
/// @throws dist::AgreedError  (ConfigError) an option differs that may not change, or another job trains there;
///                            (DataError) the folder cannot be written
std::optional<io::PosixFile> open_run_folder(const std::filesystem::path& folder, const Options& options,
                                             const dist::Communicator& ranks, bool lock);

/// The options that a run was started with.
/// @throws ConfigError  the folder holds no run
PretrainOptions read_run_options(const std::filesystem::path& folder);

}  // namespace sslslr
