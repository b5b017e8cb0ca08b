#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace sslslr::io {

/// What came of the trial of one file.
struct Trial {
    std::string result{};   ///< what the work returned
    std::string problem{};  ///< empty, or why there is no result: a sentence that does not name the file
};

/// Starts the time limit again: to be called by the work when a part of a file is done.
using RenewLimits = std::function<void()>;
using TrialWork = std::function<std::string(const std::filesystem::path& file, const RenewLimits& renew)>;

/// Runs `work` on each file in a child process under limits of time and memory, because libhdf5 can crash or loop
/// on a file that nobody has checked. All files share one child; one that crashes, or passes its limits, costs the file
/// it was at, and another child continues with the next.
/// The limits of a file: 5 s of computing and one more for each 20 MB of it; 1 GiB of memory and four times
/// its size. By the clock it has 60 s and twenty times as long, because a file system may stall and a process
/// may be suspended. A file that runs out of time by the clock is tried once more.
/// @param work  may throw: the error's text is the problem of that file
/// @return one entry per file, in their order
std::vector<Trial> try_files(const std::vector<std::filesystem::path>& files, const TrialWork& work);

/// Runs `work` in such a child for one file, and returns its result.
/// @throws DataError  with the text of the error of `work`; or the child died, or passed its limits
std::vector<std::uint64_t> run_in_child(const std::filesystem::path& path,
                                        const std::function<std::vector<std::uint64_t>()>& work);

}  // namespace sslslr::io
