#pragma once

#include <filesystem>

#include "io/store/clip_store.hpp"

namespace sslslr::io {

/// Appends the clips of another file: labels, signers and splits by their names, attributes entry by entry;
/// counts among them (clips_left_out) are added up.
/// @param first, file  where the first clips and those of `more` come from, for messages
/// @throws DataError  points or coordinates disagree
void append(ClipIndex& index, const ClipIndex& more, const std::filesystem::path& first,
            const std::filesystem::path& file);

}  // namespace sslslr::io
