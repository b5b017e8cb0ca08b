#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace sslslr::io {

/// The outcome of one file's trial.
struct Trial {
    std::string result{};   ///< what `work` returned
    std::string problem{};  ///< why there is no result, without the file's name; empty if there is one
};

/// Restarts the time limit. The work calls it whenever a part of a file is done.
using RenewLimits = std::function<void()>;
using TrialWork = std::function<std::string(const std::filesystem::path& file, const RenewLimits& renew)>;

/// Runs `work` on each file in a child process with limits on time and memory, because libhdf5 can crash or
/// hang on an unchecked file. All files share one child. If it crashes or exceeds a limit, the file that it
/// was working on has no result, and a new child continues with the next file.
///
/// Limits per file: 5 s of CPU time plus 1 s per 20 MB, and 1 GiB of memory plus four times the size of the
/// file. The wall-clock limit is 60 s plus twenty times the CPU limit, because a file system may stall and a
/// process may be suspended. A file that reaches the wall-clock limit is tried once more.
/// @param work  may throw; the error's text becomes the problem of that file
/// @return one entry per file, in the order of `files`
/// @throws DataError  the child cannot be started
std::vector<Trial> try_files(const std::vector<std::filesystem::path>& files, const TrialWork& work);

/// Runs `work` for one file in such a child, and returns its result.
/// @throws DataError  `work` threw (with the text of its error), or the child died or exceeded a limit
std::vector<std::uint64_t> run_in_child(const std::filesystem::path& path,
                                        const std::function<std::vector<std::uint64_t>()>& work);

}  // namespace sslslr::io
