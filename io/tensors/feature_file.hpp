#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <ATen/ATen.h>

namespace sslslr::io {

/// Features of clips, and what a data set says of these clips: /features, /clips/{number, id, label, signer, name},
/// /labels, /signers, and attributes.
struct FeatureFile {
    at::Tensor features;                ///< [N, W] float32
    std::vector<std::int64_t> numbers;  ///< [N] clip numbers of the data set
    std::vector<std::int64_t> ids;      ///< [N] the source's own clip numbers
    std::vector<std::int64_t> labels;   ///< [N] index into label_names, -1 unlabelled
    std::vector<std::int64_t> signers;  ///< [N] index into signer_names, -1 unknown
    std::vector<std::string> names;     ///< [N], or empty if no clip has one
    std::vector<std::string> label_names;
    std::vector<std::string> signer_names;
    std::map<std::string, std::string> attributes;  ///< where the features come from
};

/// Writes to a temporary name beside `path`, seals, fsyncs, renames: `path` is whole or absent. Equal content gives
/// equal bytes.
/// @throws DataError  the file system refuses
void write_features(const std::filesystem::path& path, const FeatureFile& content);

/// @throws DataError  missing, damaged, no such file, or of sizes and labels that do not fit together
FeatureFile read_features(const std::filesystem::path& path);

}  // namespace sslslr::io
