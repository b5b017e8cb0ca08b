#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "io/corpus/corpus.hpp"
#include "io/corpus/open_corpus.hpp"

namespace sslslr::io {

/// Converts an array of landmarks to a clip.
///
/// path, object  place of the array, for messages; object is empty or "/group/name: "
/// shape         [T, P, C]      P points of a known order, C from 2 to 4 coordinates
///               [T, 2, 21, C]  two hands, as hand-only models return them; left hand first unless the point
///                              order says otherwise
///               [T, values]    flat frames: P * C numbers, or MP_Data's, whose pose points have a visibility
/// values        in C order
/// Throws a DataError for any other shape, and for one whose point order or hand the user must name.
using ArrayReader =
    std::function<ImportedClip(const std::filesystem::path& path, const std::string& object,
                               const std::vector<std::size_t>& shape, const std::vector<float>& values)>;

/// Returns a reader for the point order or hand, and the marks of missing points, that the options name.
/// @throws std::invalid_argument  an option has an unknown value (names the known ones), or excludes another
ArrayReader array_reader(const CorpusOptions& options);

}  // namespace sslslr::io
