#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <ATen/ATen.h>

namespace sslslr::io {

/// Features of clips, with the data set's metadata of these clips. Stored as the datasets /features,
/// /clips/{number, id, label, signer, name}, /labels and /signers, and as attributes.
struct FeatureFile {
    at::Tensor features;                ///< [N, W] float32
    std::vector<std::int64_t> numbers;  ///< [N] numbers of the clips in the data set
    std::vector<std::int64_t> ids;      ///< [N] the source's own clip numbers
    std::vector<std::int64_t> labels;   ///< [N] index into label_names, -1 unlabelled
    std::vector<std::int64_t> signers;  ///< [N] index into signer_names, -1 unknown
    std::vector<std::string> names;     ///< [N], or empty if no clip has one
    std::vector<std::string> label_names;
    std::vector<std::string> signer_names;
    std::map<std::string, std::string> attributes;  ///< origin of the features
};

/// Writes features under a temporary name, seals the file, syncs and renames it: `path` is whole or absent.
/// Equal content gives equal bytes.
/// @throws DataError  the file system refuses
void write_features(const std::filesystem::path& path, const FeatureFile& content);

/// Returns whether a file holds features; false also if it cannot be read.
bool is_features(const std::filesystem::path& path);

/// Reads features. @throws DataError  missing, damaged, not a file of features, or with inconsistent content
FeatureFile read_features(const std::filesystem::path& path);

}  // namespace sslslr::io
