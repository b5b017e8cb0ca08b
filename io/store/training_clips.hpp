#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/store/clip_print.hpp"

namespace sslslr::io {

/// Which clips a training has seen: enough to recognise them when their store is gone, moved or rewritten.
struct TrainingClips {
    std::string data;                   ///< fingerprint of the data set
    std::vector<std::int64_t> numbers;  ///< of the clips within it
    std::vector<ClipPrint> prints;      ///< of each
};

/// The file's name within a run folder.
inline constexpr const char* training_clips_file = "training_clips.h5";

/// Writes to a temporary name beside `path`, seals, fsyncs, renames: `path` is whole or absent. 76 bytes a clip.
/// @throws DataError  the file system refuses
void write_training_clips(const std::filesystem::path& path, const TrainingClips& clips);

/// What it reads of each clip leaves is_detected open.
/// @throws DataError  missing, damaged, or no such file
TrainingClips read_training_clips(const std::filesystem::path& path);

}  // namespace sslslr::io
