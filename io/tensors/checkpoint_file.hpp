#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <ATen/ATen.h>

namespace sslslr::io {

/// Named tensors and named texts in one sealed HDF5 file: weights under PyTorch state-dict names, optimizer
/// state, the configuration. A few lines of h5py read it; nothing in it can execute.
struct CheckpointFile {
    std::map<std::string, at::Tensor>
        tensors;  ///< HDF5 dataset /NAME; a dot stays a dot ("model/encoder.cls")
    std::map<std::string, std::string> attributes;  ///< attributes of the root group
};

/// Writes to a temporary name beside `path`, seals, fsyncs file and folder, renames: `path` is whole or
/// absent.
/// @throws DataError  the file system refuses; the temporary file is removed
void write_checkpoint(const std::filesystem::path& path, const CheckpointFile& content);

/// @throws DataError  missing, damaged (any flipped bit), or not a checkpoint
CheckpointFile read_checkpoint(const std::filesystem::path& path);

/// Whether the file says of itself that it is a checkpoint; false for anything else, readable or not.
bool is_checkpoint(const std::filesystem::path& path);

/// Checkpoints of a folder by step, ascending: files named step-NNNNNNNNN.h5; others, unfinished ones too,
/// are not listed.
std::map<std::int64_t, std::filesystem::path> list_checkpoints(const std::filesystem::path& folder);

/// The file name for a step: step-000000123.h5.
std::filesystem::path checkpoint_name(std::int64_t step);

}  // namespace sslslr::io
