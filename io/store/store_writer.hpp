#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "io/file/posix_file.hpp"
#include "io/store/clip_store.hpp"

namespace sslslr::io {

/// How landmarks lie in a store.
struct StoreLayout {
    bool is_float16 = true;         ///< the nearest float16, ties to even; else float32
    bool is_compressed = false;     ///< smaller, but decoded whenever it is read
    int level = 4;                  ///< of deflate behind shuffled bytes: 0 (none) to 9
    std::int64_t chunk_frames = 0;  ///< compressed together, and decoded together; 0: as many as a MiB holds
};

/// What is wrong with a layout for clips of that index, or an empty text.
std::string problem_of(const StoreLayout& layout, const ClipIndex& index);

/// Fills `out`, [frames of the clip, P, C] float32, with the landmarks of a clip; NaN = not detected.
using ClipSource = std::function<void(std::int64_t clip, std::span<float> out)>;

/// Writes a sealed clip store under a temporary name and renames it: `path` is whole or absent.
///
/// Asks `landmarks` for each clip once, ascending, so that a corpus need not fit in memory. Of the
/// attributes, schema and version are set here; "coordinates" (as "x,y") must be given.
/// @throws DataError  index or layout contradicts itself, a finite value is beyond float16, or the file system refuses
/// Memory: one clip and one chunk.
void write_store(const std::filesystem::path& path, const ClipIndex& index, const ClipSource& landmarks,
                 StoreLayout layout = {}, Durability durability = Durability::on_disk);

}  // namespace sslslr::io
