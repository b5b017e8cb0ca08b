#include "io/file/sealed_file.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "io/file/checksum.hpp"
#include "io/file/data_error.hpp"
#include "io/file/posix_file.hpp"

namespace sslslr::io {
namespace {

static_assert(std::endian::native == std::endian::little,
              "files are little-endian and written as they lie in memory");

using Signature = std::array<char, 8>;
// Both signatures contain line ends, so that a transfer that converts line ends is noticed at once.
constexpr Signature seal_magic{'s', 's', 'l', 's', 'l', 'r', '\r', '\n'};
constexpr Signature hdf5_signature{'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};
constexpr std::uint64_t seal_version = 1;

struct UserBlock {
    Signature magic = seal_magic;
    std::uint64_t version = seal_version;
    std::uint64_t file_bytes = 0;
    ByteRange bulk;
    std::uint64_t content_checksum = 0;
    std::array<std::uint64_t, 57> reserved{};
    std::uint64_t own_checksum = 0;
};
static_assert(sizeof(UserBlock) == user_block_bytes);

std::uint64_t own_checksum(const UserBlock& block) {
    const auto bytes = std::as_bytes(std::span{&block, 1});
    return checksum(bytes.first(bytes.size() - sizeof(block.own_checksum)));
}

std::uint64_t content_checksum(const PosixFile& file, std::uint64_t file_bytes, ByteRange bulk) {
    Checksum sum;
    std::vector<std::byte> buffer(std::size_t{1} << 20);
    const auto add = [&](std::uint64_t begin, std::uint64_t end) {
        while (begin < end) {
            const auto piece = std::span{buffer}.first(std::min<std::uint64_t>(buffer.size(), end - begin));
            file.read(begin, piece);
            sum.add(piece);
            begin += piece.size();
        }
    };
    if (bulk.bytes == 0) {
        add(user_block_bytes, file_bytes);
    } else {
        add(user_block_bytes, bulk.offset);
        add(bulk.end(), file_bytes);
    }
    return sum.value();
}

bool lies_inside(ByteRange bulk, std::uint64_t file_bytes) {
    if (bulk.bytes == 0) {
        return bulk.offset == 0;
    }
    return bulk.offset >= user_block_bytes && bulk.offset <= file_bytes &&
           bulk.bytes <= file_bytes - bulk.offset;
}

/// Returns the length of another program's user block, which is 512 bytes or a power of two times that; 0 if
/// no HDF5 content follows one.
std::uint64_t foreign_user_block(const PosixFile& file, std::uint64_t file_bytes) {
    for (std::uint64_t at = user_block_bytes; at + hdf5_signature.size() <= file_bytes; at *= 2) {
        Signature found{};
        file.read(at, std::as_writable_bytes(std::span{found}));
        if (found == hdf5_signature) {
            return at;
        }
    }
    return 0;
}

/// Checks that an unsealed file is an HDF5 file. @throws DataError  it is none, or has a foreign user block
void check_signature(const std::filesystem::path& path, const PosixFile& file, const Signature& found) {
    if (found == hdf5_signature) {
        return;
    }
    // Refused even if another program wrote it: it may be a file of ours with a damaged seal, which nothing
    // else would notice.
    if (const auto block = foreign_user_block(file, file.bytes()); block > 0) {
        throw DataError{
            path,
            fmt::format(
                "expected HDF5 content at the start of the file or after this program's seal, found it after "
                "{0} other bytes: if this program wrote the file, its seal is damaged: copy it again from "
                "its source; if another program did, remove its user block: tail -c +{1} OLD > NEW",
                block, block + 1)};
    }
    throw DataError{path,
                    "not a clip store or checkpoint: expected the first bytes of a file sealed by this "
                    "program or of an HDF5 file, found others (damaged, or another format: import it first)"};
}

void check_user_block(const std::filesystem::path& path, const UserBlock& block, std::uint64_t file_bytes) {
    constexpr auto remedy = "copy the file again from its source";
    if (block.own_checksum != own_checksum(block)) {
        throw DataError{path,
                        fmt::format("user block: damaged, its checksum should be {:016x} and is {:016x}; {}",
                                    block.own_checksum, own_checksum(block), remedy)};
    }
    if (block.version != seal_version) {
        throw DataError{
            path, fmt::format("user block: expected version {}, found {}; use the program's release that "
                              "wrote it",
                              seal_version, block.version)};
    }
    if (block.file_bytes != file_bytes) {
        throw DataError{path,
                        fmt::format("expected a length of {} bytes, found {} (incomplete transfer?); {}",
                                    block.file_bytes, file_bytes, remedy)};
    }
    if (!lies_inside(block.bulk, file_bytes)) {
        throw DataError{path, fmt::format("user block: bulk of {} bytes at {} is outside the file's {} bytes",
                                          block.bulk.bytes, block.bulk.offset, file_bytes)};
    }
}

}  // namespace

void seal(const std::filesystem::path& path, ByteRange bulk) {
    const PosixFile file{path, PosixFile::Access::read_write};
    UserBlock block{.file_bytes = file.bytes(), .bulk = bulk};
    Signature content{};
    file.read(user_block_bytes, std::as_writable_bytes(std::span{content}));
    if (content != hdf5_signature || !lies_inside(bulk, block.file_bytes)) {
        throw DataError{path,
                        fmt::format("cannot seal: expected HDF5 content from byte {} on, and the bulk in it",
                                    user_block_bytes)};
    }
    block.content_checksum = content_checksum(file, block.file_bytes, bulk);
    block.own_checksum = own_checksum(block);
    file.write(0, std::as_bytes(std::span{&block, 1}));
    file.sync();
}

std::optional<ByteRange> verify(const std::filesystem::path& path) {
    const PosixFile file{path};
    const auto file_bytes = file.bytes();
    UserBlock block{};
    const auto head = std::as_writable_bytes(std::span{&block, 1});
    block.magic = {};
    file.read(0, head.first(std::min<std::uint64_t>(file_bytes, head.size())));
    if (block.magic != seal_magic) {
        check_signature(path, file, block.magic);
        return std::nullopt;
    }
    check_user_block(path, block, file_bytes);
    const auto found = content_checksum(file, file_bytes, block.bulk);
    if (found != block.content_checksum) {
        throw DataError{
            path, fmt::format("content: damaged, its checksum should be {:016x} and is {:016x}; copy the "
                              "file again from its source",
                              block.content_checksum, found)};
    }
    return block.bulk;
}

}  // namespace sslslr::io
