#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include <torch/torch.h>

#include "src/data/features.hpp"
#include "src/evaluate/embed.hpp"
#include "src/method/method.hpp"

namespace sslslr {

/// The file that would hold these features: its name is a hash of everything that decides them.
std::filesystem::path cached_features_path(const Method& method, const Features& features,
                                           std::span<const std::int64_t> clips, const EmbedOptions& options);

/// Fills `features` [clips, W] from a file, unless it is missing, damaged or holds another shape or type.
/// @return whether it did
bool read_cached_features(const std::filesystem::path& path, torch::Tensor& features);

/// Makes the folder if need be. @throws io::DataError  the file system refuses
void write_cached_features(const std::filesystem::path& path, const torch::Tensor& features);

}  // namespace sslslr
