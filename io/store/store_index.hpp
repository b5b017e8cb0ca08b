#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "io/hdf5/hdf5_input.hpp"
#include "io/store/clip_store.hpp"

namespace sslslr::io {

/// Attributes that tell a clip store.
inline constexpr std::string_view store_schema = "sslslr-clips";
inline constexpr std::string_view store_version = "1";

/// Checks an index by itself: offsets, ranges, sizes, names.
/// @return what is wrong ("/clips/label: expected ..., found ..."), or an empty text
std::string problem_of(const ClipIndex& index);

/// What a file that holds the datasets of a clip store lacks to be one, and the command that adds it.
/// @param attributes  of the file
/// @return an empty text for a store, and for a file that holds other things
std::string problem_of_bare_store(const hdf5::InputFile& file,
                                  const std::map<std::string, std::string>& attributes);

/// Reads and checks everything of an open store but the values of its landmarks.
/// @throws DataError  names the object, what was expected and what was found
ClipIndex read_index(const hdf5::InputFile& file);

/// Hash of all of an index but its attributes, and of the landmarks' block checksums.
std::uint64_t fingerprint_of(const ClipIndex& index, std::span<const std::uint64_t> landmark_checksums);

/// The same of the clips' bounds and the checksums alone.
std::uint64_t landmarks_fingerprint_of(const ClipIndex& index,
                                       std::span<const std::uint64_t> landmark_checksums);

}  // namespace sslslr::io
