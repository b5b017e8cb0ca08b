#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <ATen/ATen.h>

namespace sslslr::io {

/// Named tensors and named texts in one sealed HDF5 file: weights under their PyTorch state-dict names,
/// optimizer state and the configuration. A few lines of h5py read it, and reading it runs no code from it.
struct CheckpointFile {
    std::map<std::string, at::Tensor>
        tensors;  ///< stored as the dataset /NAME; dots are kept ("model/encoder.cls")
    std::map<std::string, std::string> attributes;  ///< attributes of the root group
};

/// Writes a checkpoint under a temporary name, seals and syncs it, and renames it: `path` is whole or absent.
/// @throws DataError  the file system refuses, or a tensor is undefined or of a type that cannot be stored;
///                    the temporary file is removed
void write_checkpoint(const std::filesystem::path& path, const CheckpointFile& content);

/// Reads a checkpoint. @throws DataError  missing, damaged (even by one bit), or not a checkpoint
CheckpointFile read_checkpoint(const std::filesystem::path& path);

/// Whether the file is an undamaged checkpoint. False for every other file, also for one that cannot be read.
/// Cost: reads the file once.
bool is_checkpoint(const std::filesystem::path& path);

/// Returns the checkpoints of a folder by step, ascending: the files named step-NNNNNNNNN.h5. Unfinished
/// checkpoints have another name.
std::map<std::int64_t, std::filesystem::path> list_checkpoints(const std::filesystem::path& folder);

/// Returns the file name for a step: step-000000123.h5.
std::filesystem::path checkpoint_name(std::int64_t step);

}  // namespace sslslr::io
