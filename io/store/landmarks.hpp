#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "io/file/sealed_file.hpp"
#include "io/hdf5/hdf5_input.hpp"

namespace sslslr::io {

/// The landmarks of one file: frames of equally many values. Thread-safe.
class Landmarks {
public:
    virtual ~Landmarks() = default;
    /// Reads the values of the frames from `first` on as float32, as many as fit `out`.
    virtual void read(std::uint64_t first, std::span<float> out) = 0;
    /// Returns the size of a value in the file: 2 for float16, 4 for float32.
    virtual std::size_t value_bytes() const = 0;
};

/// Name of the dataset of a store's landmarks.
inline constexpr const char* landmarks_dataset = "/landmarks";

/// Size of the cache of decoded chunks. libhdf5 decodes a larger chunk again for each of its clips.
inline constexpr std::size_t chunk_cache_bytes = std::size_t{64} << 20;

/// Returns the checksums of a file's landmarks, or throws a DataError.
using Checksums = std::function<std::vector<std::uint64_t>()>;

/// The place of landmarks that are stored in one piece, as little-endian values.
struct PlainLayout {
    ByteRange bulk;               ///< empty if they are not stored in one piece
    std::size_t value_bytes = 0;  ///< 2: float16, 4: float32
    std::size_t frame_bytes = 0;
};
/// Returns the layout of a file's landmarks.
/// @throws DataError  they are incomplete, or of a type that is not read
PlainLayout plain_layout(const hdf5::InputFile& file);

/// Returns a reader of landmarks stored in one piece. It reads through the page cache, where one copy serves
/// all processes of a node.
///
/// Each block is verified when it is first read, and again after the file was written to. A store that is
/// overwritten while it is in use therefore gives a DataError; one that was only touched does not.
/// @param checksums  of the blocks of the bulk
/// @throws DataError  not one checksum per block
std::unique_ptr<Landmarks> plain_landmarks(const std::filesystem::path& path, PlainLayout layout,
                                           std::vector<std::uint64_t> checksums);

/// Returns a reader of landmarks of any layout. libhdf5 decodes them at each call, one thread at a time.
///
/// The landmarks are verified again after the file was written to.
/// @param checksums      checksums of the file when it was opened
/// @param checksums_now  repeats the checks of opening the file and returns its current checksums
std::unique_ptr<Landmarks> decoded_landmarks(const std::filesystem::path& path,
                                             std::vector<std::uint64_t> checksums, Checksums checksums_now);

/// Returns the block checksums that the landmarks would have if stored in one piece.
/// Cost: decodes all landmarks.
std::vector<std::uint64_t> landmark_checksums(hdf5::InputFile file);

}  // namespace sslslr::io
