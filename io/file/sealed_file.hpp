#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace sslslr::io {

/// A stretch of a file.
struct ByteRange {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;

    std::uint64_t end() const { return offset + bytes; }
};

/// Length of the user block that stands before the HDF5 content of our files (the least that HDF5 allows).
///
/// It holds, as little-endian 64-bit numbers: magic "sslslr\r\n", version, length of the file, offset and
/// length of the bulk, XXH3-64 of everything behind the user block but the bulk; zeros; and last XXH3-64 of
/// the user block itself.
inline constexpr std::uint64_t user_block_bytes = 512;

/// Fills the user block of an HDF5 file that libhdf5 has closed, and syncs the file.
/// @param bulk  what the seal leaves out because it has checksums of its own, checked when it is read
/// @throws DataError  no room for the user block, or the system refuses
void seal(const std::filesystem::path& path, ByteRange bulk = {});

/// Checks every byte but the bulk, before libhdf5, which can crash on damaged files, sees any.
/// @return the bulk of a sealed file; nothing for a foreign HDF5 file, which has no seal to check
/// @throws DataError  missing, truncated or damaged, or no HDF5 file at all
/// Cost: reads the file once, except the bulk.
std::optional<ByteRange> verify(const std::filesystem::path& path);

}  // namespace sslslr::io
