#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "io/corpus/corpus.hpp"
#include "io/corpus/open_corpus.hpp"

namespace sslslr::io {

/// Makes a clip of an array of landmarks.
///
/// path, object  where it lies, for errors: object is empty or "/group/name: "
/// shape         [T, P, C]      P points of a known order, C from 2 to 4 coordinates
///               [T, 2, 21, C]  two hands, as models of hands alone return them: the left one first unless the
///                              order of points says otherwise
///               [T, values]    flat frames: P * C numbers, or MP_Data's, whose pose has a visibility as well
/// values        in C order
/// Throws a DataError for any other shape, and for one whose order or hand the user must name.
using ArrayReader =
    std::function<ImportedClip(const std::filesystem::path& path, const std::string& object,
                               const std::vector<std::size_t>& shape, const std::vector<float>& values)>;

/// Reads arrays as the options say: the order of points or the hand, and what stands for a missing one.
/// @throws std::invalid_argument  an option has no such value (names those there are), or excludes another
ArrayReader array_reader(const CorpusOptions& options);

}  // namespace sslslr::io
