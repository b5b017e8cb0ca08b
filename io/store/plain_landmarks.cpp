#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "io/file/checksum.hpp"
#include "io/file/data_error.hpp"
#include "io/file/watched_file.hpp"
#include "io/store/half.hpp"
#include "io/store/landmarks.hpp"

namespace sslslr::io {
namespace {

void to_floats(std::span<const std::byte> raw, std::size_t value_bytes, std::span<float> out) {
    if (value_bytes == 2) {
        floats_of_halves(raw, out);
    } else {
        std::memcpy(out.data(), raw.data(), raw.size());
    }
}

/// Landmarks stored in one piece. The file is not mapped into memory, because the kernel kills a process that
/// reads a mapping of a file that has been truncated.
class PlainLandmarks final : public Landmarks {
public:
    PlainLandmarks(const std::filesystem::path& path, PlainLayout layout,
                   std::vector<std::uint64_t> checksums)
        : file_{path}, layout_{layout}, checksums_{std::move(checksums)}, checked_in_(checksums_.size()) {
        const auto blocks = (layout.bulk.bytes + bulk_block_bytes - 1) / bulk_block_bytes;
        if (checksums_.size() != blocks) {
            throw DataError{
                path,
                fmt::format("/checksums/landmarks: expected {} entries, one per MiB of /landmarks, found {}",
                            blocks, checksums_.size())};
        }
    }

    void read(std::uint64_t first, std::span<float> out) override {
        bool is_read = false;
        while (!is_read) {
            const auto version = file_.version();
            read_version(version, first * layout_.frame_bytes, out);
            is_read = file_.version() == version;
        }
    }
    std::size_t value_bytes() const override { return layout_.value_bytes; }

private:
    /// Reads values from a byte offset in the bulk on. Verifies blocks not yet verified in this version.
    void read_version(std::uint32_t version, std::uint64_t offset, std::span<float> out) {
        thread_local std::vector<std::byte> buffer(bulk_block_bytes);
        while (!out.empty()) {
            const auto block = offset / bulk_block_bytes;
            const auto begin = block * bulk_block_bytes;
            const auto end = std::min(begin + bulk_block_bytes, layout_.bulk.bytes);
            const auto bytes = std::min<std::uint64_t>(out.size() * layout_.value_bytes, end - offset);
            auto raw = std::span{buffer}.first(bytes);
            if (checked_in_[block].load(std::memory_order_relaxed) == version) {
                file_.read(layout_.bulk.offset + offset, raw);
            } else {
                const auto whole = std::span{buffer}.first(end - begin);
                file_.read(layout_.bulk.offset + begin, whole);
                check(block, whole, version);
                raw = whole.subspan(offset - begin, bytes);
            }
            to_floats(raw, layout_.value_bytes, out.first(bytes / layout_.value_bytes));
            out = out.subspan(bytes / layout_.value_bytes);
            offset += bytes;
        }
    }

    void check(std::uint64_t block, std::span<const std::byte> content, std::uint32_t version) {
        if (const auto found = checksum(content); found != checksums_[block]) {
            if (version > 1) {
                file_.fail_as_overwritten();
            }
            throw DataError{
                file_.path(),
                fmt::format("/landmarks: frames from {} on are damaged, the checksum of their block should "
                            "be {:016x} and is {:016x}; copy the file again from its source",
                            block * bulk_block_bytes / layout_.frame_bytes, checksums_[block], found)};
        }
        checked_in_[block].store(version, std::memory_order_relaxed);
    }

    WatchedFile file_;
    PlainLayout layout_;
    std::vector<std::uint64_t> checksums_;
    std::vector<std::atomic<std::uint32_t>> checked_in_;  ///< version of the file, per block; 0: none
};

}  // namespace

std::unique_ptr<Landmarks> plain_landmarks(const std::filesystem::path& path, PlainLayout layout,
                                           std::vector<std::uint64_t> checksums) {
    return std::make_unique<PlainLandmarks>(path, layout, std::move(checksums));
}

}  // namespace sslslr::io
