#pragma once

#include <filesystem>

#include "dist/communicator.hpp"
#include "launch/options.hpp"
#include "launch/pretrain_options.hpp"

namespace sslslr {

/// Makes the folder of a new run and writes its config.ini, or checks that a run found there was started with
/// the same options. Collective.
/// @throws dist::AgreedError  (ConfigError) an option differs that may not change; (DataError) the folder cannot be written
void open_run_folder(const std::filesystem::path& folder, const Options& options,
                     const dist::Communicator& ranks);

/// The options that a run was started with.
/// @throws ConfigError  the folder holds no run
PretrainOptions read_run_options(const std::filesystem::path& folder);

}  // namespace sslslr
