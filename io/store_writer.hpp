#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>

#include "io/clip_store.hpp"

namespace sslslr::io {

/// How landmarks lie in a store.
struct StoreLayout {
    bool is_float16 = true;      ///< else float32
    bool is_compressed = false;  ///< smaller, but decoded at each opening instead of mapped
};

/// Fills `out`, [frames of the clip, P, C] float32, with the landmarks of a clip; NaN = not detected.
using ClipSource = std::function<void(std::int64_t clip, std::span<float> out)>;

/// Writes a sealed clip store under a temporary name and renames it: `path` is whole or absent.
///
/// Asks `landmarks` for each clip once, ascending, so that a corpus need not fit in memory. Of the
/// attributes, schema and version are set here; "coordinates" (as "x,y") must be given.
/// @throws DataError  the index contradicts itself, or the file system refuses
void write_store(const std::filesystem::path& path, const ClipIndex& index, const ClipSource& landmarks,
                 StoreLayout layout = {});

}  // namespace sslslr::io
