#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include <torch/types.h>

#include "src/data/features.hpp"
#include "src/evaluate/embed.hpp"
#include "src/method/method.hpp"

namespace sslslr {

/// Returns the path of the file for these features: its name is a hash of everything that determines them.
std::filesystem::path cached_features_path(const Method& method, const Features& features,
                                           std::span<const std::int64_t> clips, const EmbedOptions& options);

/// Fills `features` [clips, W] from a file, unless the file is missing, damaged or holds another shape or
/// type.
/// @return whether it was read
bool read_cached_features(const std::filesystem::path& path, torch::Tensor& features);

/// Writes features to a file and creates its folder if needed.
/// @throws io::DataError  the file system refuses
void write_cached_features(const std::filesystem::path& path, const torch::Tensor& features);

}  // namespace sslslr
