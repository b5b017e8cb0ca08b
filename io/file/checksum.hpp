#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sslslr::io {

/// XXH3-64 of bytes added piece by piece. The value does not depend on where the pieces are cut.
class Checksum {
public:
    Checksum() { XXH3_64bits_reset(&state_); }

    void add(std::span<const std::byte> bytes) { XXH3_64bits_update(&state_, bytes.data(), bytes.size()); }
    std::uint64_t value() const { return XXH3_64bits_digest(&state_); }

private:
    XXH3_state_t state_{};
};

inline std::uint64_t checksum(std::span<const std::byte> bytes) {
    return XXH3_64bits(bytes.data(), bytes.size());
}

/// Returns a checksum as 16 lower-case hexadecimal digits.
inline std::string hex(std::uint64_t value) {
    std::string text(16, '0');
    for (auto digit = text.rbegin(); value != 0; ++digit, value >>= 4) {
        *digit = "0123456789abcdef"[value & 15];
    }
    return text;
}

/// Returns the XXH3-64 of a text as 16 hexadecimal digits.
inline std::string hash_text(std::string_view text) {
    return hex(checksum(std::as_bytes(std::span{text})));
}

/// Bytes of bulk data that share one checksum. The first read of a single frame has to read that much.
inline constexpr std::size_t bulk_block_bytes = std::size_t{1} << 20;

/// Checksums of consecutive blocks of `bulk_block_bytes`, over bytes added piece by piece. The last block may
/// be shorter.
class BlockChecksums {
public:
    void add(std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            const auto piece = bytes.first(std::min(bytes.size(), bulk_block_bytes - filled_));
            block_.add(piece);
            filled_ += piece.size();
            bytes = bytes.subspan(piece.size());
            if (filled_ == bulk_block_bytes) {
                end_block();
            }
        }
    }

    std::vector<std::uint64_t> finish() {
        if (filled_ > 0) {
            end_block();
        }
        return std::move(values_);
    }

private:
    void end_block() {
        values_.push_back(block_.value());
        block_ = Checksum{};
        filled_ = 0;
    }

    Checksum block_;
    std::size_t filled_ = 0;
    std::vector<std::uint64_t> values_;
};

}  // namespace sslslr::io
