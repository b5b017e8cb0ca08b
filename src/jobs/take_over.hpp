#pragma once

#include <filesystem>
#include <vector>

namespace sslslr {

/// Makes an attempt at a training go on from what an earlier one has left: the newest of them that has a checkpoint (a file
/// *.h5, at any depth) is copied, for its owner may still live. Where none has, or the attempt has begun, nothing happens.
/// @param mine     the attempt's folder; it appears whole or not at all
/// @param earlier  folders of the attempts before it, the newest first
void take_over(const std::filesystem::path& mine, const std::vector<std::filesystem::path>& earlier);

}  // namespace sslslr
