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

/// The landmarks of one file: frames of equally many values. Several threads may read at once.
class Landmarks {
public:
    virtual ~Landmarks() = default;
    /// Values of the frames from `first` on, as many as `out` holds, as float32.
    virtual void read(std::uint64_t first, std::span<float> out) = 0;
    /// Of a value in the file: 2 for float16, 4 for float32.
    virtual std::size_t value_bytes() const = 0;
};

/// Where stores keep them.
inline constexpr const char* landmarks_dataset = "/landmarks";

/// What a reader of chunked landmarks keeps decoded. One chunk must fit, or libhdf5 decodes it anew for every clip
/// in it.
inline constexpr std::size_t chunk_cache_bytes = std::size_t{64} << 20;

/// What gives the checksums of a file's landmarks, or a DataError.
using Checksums = std::function<std::vector<std::uint64_t>()>;

/// Where landmarks lie in one piece in a file, as little-endian values.
struct PlainLayout {
    ByteRange bulk;               ///< no bytes: they do not
    std::size_t value_bytes = 0;  ///< 2: float16, 4: float32
    std::size_t frame_bytes = 0;
};
PlainLayout plain_layout(const hdf5::InputFile& file);

/// Landmarks that lie in one piece: one copy, in the page cache, serves every process of the node.
///
/// Each block is checked when it is first read, and again after the file was written to, so that a store which is
/// overwritten while it is in use is a DataError, one that was only touched is not.
/// @param checksums  of the blocks of the bulk
std::unique_ptr<Landmarks> plain_landmarks(const std::filesystem::path& path, PlainLayout layout,
                                           std::vector<std::uint64_t> checksums);

/// Landmarks of any layout, read by libhdf5 at each call: one thread at a time.
///
/// They too are checked again after the file was written to.
/// @param checksums      what the file held when it was opened
/// @param checksums_now  what it holds when called, after checking it as when it is opened
std::unique_ptr<Landmarks> decoded_landmarks(const std::filesystem::path& path,
                                             std::vector<std::uint64_t> checksums, Checksums checksums_now);

/// Block checksums of the landmarks as they would lie in one piece. Cost: decodes all of them.
std::vector<std::uint64_t> landmark_checksums(hdf5::InputFile file);

}  // namespace sslslr::io
