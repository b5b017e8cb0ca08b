#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dist/communicator.hpp"
#include "io/file/posix_file.hpp"
#include "src/run/pretrain_options.hpp"

namespace sslslr {

/// Makes the folder of a new run, or checks that a run found there was started with the same options. Collective.
/// @param lock  keeps a second job from training there for as long as what is returned lives, by RUN/.lock on rank 0; waits
///              for a minute, for the lock of a job that has just died may outlive it. Where there are no locks, keeps nobody
/// @throws dist::AgreedError  (ConfigError) an option differs that may not change, or another job trains there;
///                            (DataError) the folder cannot be made
std::optional<io::PosixFile> open_run_folder(const std::filesystem::path& folder,
                                             const PretrainOptions& fields, const dist::Communicator& ranks,
                                             bool lock);

/// Writes the run's config.ini, with absolute paths, so that the run is found again from any folder. Not before it is
/// certain that the run resumes with these options: a refused start changes nothing. Collective.
/// @throws dist::AgreedError  (DataError) it cannot be written
void write_run_options(const std::filesystem::path& folder, PretrainOptions fields,
                       const dist::Communicator& ranks);

/// The clip stores to read for a run: those named, else its own. Collective.
/// @throws dist::AgreedError  (DataError) its own are not there any longer; asks for --data
std::vector<std::string> data_for(const PretrainOptions& run, const std::vector<std::string>& named,
                                  const dist::Communicator& ranks);

/// Makes paths, and patterns of paths, hold in any folder.
void make_absolute(std::vector<std::string>& paths);

/// The options that a run was started with.
/// @throws ConfigError  the folder holds no run
PretrainOptions read_run_options(const std::filesystem::path& folder);

}  // namespace sslslr
