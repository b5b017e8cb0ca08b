#pragma once

#include <filesystem>

#include "io/store/clip_store.hpp"

namespace sslslr::io {

/// Appends the clips of another file. Labels, signers and splits are joined by name. Of an attribute, entries
/// that are new are appended; counts (clips_left_out) are added up.
/// @param first  file of the first clips of `index`, for messages
/// @param file   file of the clips of `more`, for messages
/// @throws DataError  points or coordinates disagree
void append(ClipIndex& index, const ClipIndex& more, const std::filesystem::path& first,
            const std::filesystem::path& file);

}  // namespace sslslr::io
