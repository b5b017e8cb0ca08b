#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/store/clip_print.hpp"

namespace sslslr::io {

/// The clips of a run's training, with enough to recognise them if their store is gone, moved or rewritten.
struct TrainingClips {
    std::string data;                   ///< fingerprint of the data set
    std::vector<std::int64_t> numbers;  ///< of the clips within the data set
    std::vector<ClipPrint> prints;      ///< fingerprint of each clip
};

/// Name of the file within a run folder.
inline constexpr const char* training_clips_file = "training_clips.h5";

/// Writes the clips under a temporary name, seals the file, syncs and renames it: `path` is whole or absent.
/// Takes 76 bytes per clip.
/// @throws DataError  the file system refuses
void write_training_clips(const std::filesystem::path& path, const TrainingClips& clips);

/// Reads the clips. ClipPrint::is_detected is not stored, and stays false.
/// @throws DataError  missing, damaged, or not a file of training clips
TrainingClips read_training_clips(const std::filesystem::path& path);

}  // namespace sslslr::io
