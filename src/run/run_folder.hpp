#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dist/communicator.hpp"
#include "io/file/posix_file.hpp"
#include "src/run/pretrain_options.hpp"

namespace sslslr {

/// Creates the folder of a new run, or checks that an existing run was started with the same options.
/// Collective.
/// @param lock  locks RUN/.lock on rank 0 against a second job. Waits up to a minute, because the lock of a
///              job that has just died may outlive it. No effect on file systems without locks
/// @return the lock, on rank 0, held while the object exists; otherwise nothing
/// @throws dist::AgreedError  (ConfigError) an option that may not change differs, or another job holds the
///                            lock; (DataError) the folder cannot be created
std::optional<io::PosixFile> open_run_folder(const std::filesystem::path& folder,
                                             const PretrainOptions& fields, const dist::Communicator& ranks,
                                             bool lock);

/// Writes the run's config.ini, with absolute paths, so that the run can be resumed from any folder.
/// Collective.
///
/// Call it only after all checks have passed, so that a rejected start changes nothing.
/// @throws dist::AgreedError  (DataError) the file cannot be written
void write_run_options(const std::filesystem::path& folder, PretrainOptions fields,
                       const dist::Communicator& ranks);

/// Returns the clip stores to read for a run: the named ones, or by default its own. Collective.
/// @throws dist::AgreedError  (DataError) the run's own stores no longer exist; asks for --data
std::vector<std::string> data_for(const PretrainOptions& run, const std::vector<std::string>& named,
                                  const dist::Communicator& ranks);

/// Makes paths and path patterns absolute.
void make_absolute(std::vector<std::string>& paths);

/// Reads the options that a run was started with.
/// @throws ConfigError  the folder is not that of a run
PretrainOptions read_run_options(const std::filesystem::path& folder);

}  // namespace sslslr
