#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "io/file/posix_file.hpp"
#include "io/store/clip_store.hpp"

namespace sslslr::io {

/// How landmarks are stored.
struct StoreLayout {
    bool is_float16 = true;         ///< rounded to the nearest float16, ties to even; else float32
    bool is_compressed = false;     ///< smaller, but decoded at each read
    int level = 4;                  ///< of deflate after a byte shuffle: 0 (none) to 9
    std::int64_t chunk_frames = 0;  ///< frames per compressed chunk; 0: as many as a MiB holds
};

/// Returns what is wrong with a layout for the clips of an index; empty if nothing is.
std::string problem_of(const StoreLayout& layout, const ClipIndex& index);

/// Fills `out`, [frames of the clip, P, C], with the landmarks of a clip; NaN = not detected.
using ClipSource = std::function<void(std::int64_t clip, std::span<float> out)>;

/// Writes a sealed clip store under a temporary name and renames it: `path` is whole or absent.
///
/// Calls `landmarks` once for each clip that has frames, in ascending order, so that a corpus need not fit in
/// memory. Sets the attributes schema and version; `index` must have the attribute coordinates ("x,y").
/// @throws DataError  index or layout is invalid, a finite value exceeds the range of a float16 layout, or
///                    the file system refuses
/// Memory: one clip and one chunk.
void write_store(const std::filesystem::path& path, const ClipIndex& index, const ClipSource& landmarks,
                 StoreLayout layout = {}, Durability durability = Durability::on_disk);

}  // namespace sslslr::io
