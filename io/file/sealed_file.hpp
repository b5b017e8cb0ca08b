#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace sslslr::io {

/// A range of bytes of a file.
struct ByteRange {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;

    std::uint64_t end() const { return offset + bytes; }
};

/// Length of the user block in front of the HDF5 content of our files: 512 bytes, the least that HDF5 allows.
///
/// It holds, as little-endian 64-bit numbers: magic "sslslr\r\n", version, length of the file, offset and
/// length of the bulk, and the XXH3-64 of everything after the user block except the bulk. Zeros follow. The
/// last number is the XXH3-64 of the user block before it.
inline constexpr std::uint64_t user_block_bytes = 512;

/// Fills the user block of an HDF5 file that libhdf5 has closed, and syncs the file.
/// @param bulk  bytes that the seal does not cover, because they have checksums of their own that are
///              verified when they are read
/// @throws DataError  no room for the user block, or the system refuses
void seal(const std::filesystem::path& path, ByteRange bulk = {});

/// Checks every byte of a sealed file except the bulk. Call it first: libhdf5 can crash on damaged files.
/// @return the bulk of a sealed file; nothing for an HDF5 file of another program, which has no seal
/// @throws DataError  missing, truncated or damaged, or no HDF5 file at all
/// Cost: reads the file once, without the bulk.
std::optional<ByteRange> verify(const std::filesystem::path& path);

}  // namespace sslslr::io
