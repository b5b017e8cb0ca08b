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

/// XXH3-64 of bytes given piece by piece: the same value however they are cut.
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

/// A checksum as people and files see it: 16 digits.
inline std::string hex(std::uint64_t value) {
    std::string text(16, '0');
    for (auto digit = text.rbegin(); value != 0; ++digit, value >>= 4) {
        *digit = "0123456789abcdef"[value & 15];
    }
    return text;
}

/// The checksum of a text, as text.
inline std::string hash_text(std::string_view text) {
    return hex(checksum(std::as_bytes(std::span{text})));
}

/// Bytes of bulk data under one checksum: what a first read of a single frame has to touch.
inline constexpr std::size_t bulk_block_bytes = std::size_t{1} << 20;

/// Checksums of consecutive blocks of `bulk_block_bytes`, the last one shorter, over bytes given piece by
/// piece.
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
