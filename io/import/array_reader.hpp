#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "io/import/corpus.hpp"
#include "io/import/open_corpus.hpp"

namespace sslslr::io {

/// Makes a clip of an array of landmarks.
///
/// path, object  where it lies, for errors: object is empty or "/group/name: "
/// shape         [frames, points, 2 to 4 coordinates], or [frames, values] of a known number of points
/// values        in C order
/// Throws a DataError for any other shape.
using ArrayReader =
    std::function<ImportedClip(const std::filesystem::path& path, const std::string& object,
                               const std::vector<std::size_t>& shape, const std::vector<float>& values)>;

/// Reads arrays as the options say: the order of points, and what stands for a missing one.
/// @throws std::invalid_argument  the options name no such order
ArrayReader array_reader(const CorpusOptions& options);

}  // namespace sslslr::io
