#pragma once

#include <filesystem>
#include <vector>

namespace sslslr {

/// Lets an attempt at a training resume from an earlier attempt: copies the newest one that has a checkpoint
/// (a file *.h5, at any depth). It is copied because its owner may still be alive. Does nothing if no attempt
/// has a checkpoint or if `mine` exists.
/// @param mine     the attempt's folder; it appears complete or not at all
/// @param earlier  folders of the attempts before it, the newest first
void take_over(const std::filesystem::path& mine, const std::vector<std::filesystem::path>& earlier);

}  // namespace sslslr
