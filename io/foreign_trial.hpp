#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

namespace sslslr::io {

/// Runs `work` on a file in a child process under limits of time and memory, because libhdf5 can crash or
/// loop on a file that nobody has checked.
/// @param work  may throw; what it returns is handed to the caller
/// @throws DataError  with the text of the error of `work`; or the child died, or passed its limits
/// (5 s and one more for each 20 MB of the file; 1 GiB and four times the file)
std::vector<std::uint64_t> run_in_child(const std::filesystem::path& path,
                                        const std::function<std::vector<std::uint64_t>()>& work);

}  // namespace sslslr::io
