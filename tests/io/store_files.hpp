#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "io/store/clip_store.hpp"
#include "io/store/store_writer.hpp"
#include "tests/temporary_folder.hpp"

namespace sslslr::io::test {

using sslslr::test::TemporaryFolder;

/// Five clips of 3, 0, 4, 1 and 2 frames with 4 points (x and y), 3 labels (one clip without), 2 signers and
/// 2 splits.
ClipIndex sample_index();

/// Landmarks for an index: multiples of 1/8, which float16 holds exactly, and NaN at every ninth value.
std::vector<float> sample_values(const ClipIndex& index);

/// Provides the clips of `values`, the landmarks of a whole store.
ClipSource source_of(const ClipIndex& index, std::vector<float> values);

/// Writes a sealed store of sample_values.
void write_sample(const std::filesystem::path& path, const ClipIndex& index = sample_index(),
                  StoreLayout layout = {});

/// Writes a store as another program would, only with the C library: without user block, with texts of
/// variable length and a number as an attribute.
/// @param index  may contradict itself
/// @param type   of landmarks: "float16", "float64" (big-endian) or "int16"
void write_foreign(const std::filesystem::path& path, const ClipIndex& index, bool is_compressed = false,
                   const std::string& type = "float16");
/// The same in float16 with the given landmarks instead of sample_values.
void write_foreign(const std::filesystem::path& path, const ClipIndex& index, bool is_compressed,
                   const std::vector<float>& values);

std::vector<float> read_all(const ClipStore& store);

/// Whether all values are equal bit for bit (NaN equals NaN).
bool same_values(const std::vector<float>& a, const std::vector<float>& b);

/// The message of the DataError that `action` throws, with settings shown as options, or "no DataError".
std::string error_of(const std::function<void()>& action);
std::string error_of_opening(const std::filesystem::path& path);

void flip_bit(const std::filesystem::path& path, std::uint64_t byte, unsigned bit);

}  // namespace sslslr::io::test
