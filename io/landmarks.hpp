#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "io/hdf5_input.hpp"
#include "io/sealed_file.hpp"

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

/// What a reader of chunked landmarks keeps decoded. One chunk must fit, or libhdf5 decodes it anew for every clip
/// in it.
inline constexpr std::size_t chunk_cache_bytes = std::size_t{64} << 20;

/// Landmarks that lie in one piece in the file: mapped, so that one copy in the page cache serves every
/// process of the node.
/// @param checksums  of the blocks of `bulk`; each block is checked when it is first read
/// The file must not be shortened in place while it is mapped (the kernel would end the process).
std::unique_ptr<Landmarks> map_landmarks(const hdf5::InputFile& file, ByteRange bulk,
                                         std::vector<std::uint64_t> checksums);

/// Landmarks of any layout, read by libhdf5 at each call: one thread at a time.
std::unique_ptr<Landmarks> decode_landmarks(hdf5::InputFile file);

/// Where the landmarks lie if they lie in one piece as little-endian values; nothing (no bytes) if not.
ByteRange contiguous_landmarks(const hdf5::InputFile& file);

/// Block checksums of the landmarks as they would lie in one piece. Cost: decodes all of them.
std::vector<std::uint64_t> landmark_checksums(hdf5::InputFile file);

}  // namespace sslslr::io
