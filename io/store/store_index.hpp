#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "io/hdf5/hdf5_input.hpp"
#include "io/store/clip_store.hpp"

namespace sslslr::io {

/// Attributes that identify a clip store.
inline constexpr std::string_view store_schema = "sslslr-clips";
inline constexpr std::string_view store_version = "1";

/// Checks the consistency of an index: offsets, ranges, sizes, names.
/// @return what is wrong ("/clips/label: expected ..., found ..."); empty if nothing is
std::string problem_of(const ClipIndex& index);

/// Checks whether a file has the datasets of a clip store but not its attributes.
/// @param attributes  of the file
/// @return what is missing and the command that adds it; empty for a complete store and for any other file
std::string problem_of_bare_store(const hdf5::InputFile& file,
                                  const std::map<std::string, std::string>& attributes);

/// Reads and checks everything of an open store except the values of its landmarks.
/// @throws DataError  names the object, what was expected and what was found
ClipIndex read_index(const hdf5::InputFile& file);

/// Returns a hash of an index without its attributes, and of the landmarks' block checksums.
std::uint64_t fingerprint_of(const ClipIndex& index, std::span<const std::uint64_t> landmark_checksums);

/// Returns a hash of only the clips' bounds and the checksums.
std::uint64_t landmarks_fingerprint_of(const ClipIndex& index,
                                       std::span<const std::uint64_t> landmark_checksums);

}  // namespace sslslr::io
