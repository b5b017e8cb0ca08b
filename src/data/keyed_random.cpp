#include "src/data/keyed_random.hpp"

namespace sslslr {
namespace {

std::uint32_t low_half(std::uint64_t value) {
    return static_cast<std::uint32_t>(value);
}
std::uint32_t high_half(std::uint64_t value) {
    return static_cast<std::uint32_t>(value >> 32);
}

/// The finaliser of SplitMix64 (Steele et al. 2014): a bijection in which every input bit affects every
/// output bit.
std::uint64_t scramble(std::uint64_t value) {
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31);
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
    // Multipliers and key increments from the source, table 2 and section 3.3.
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t first = std::uint64_t{0xD2511F53} * counter[0];
        const std::uint64_t second = std::uint64_t{0xCD9E8D57} * counter[2];
        counter = {high_half(second) ^ counter[1] ^ key[0], low_half(second),
                   high_half(first) ^ counter[3] ^ key[1], low_half(first)};
        key[0] += 0x9E3779B9;
        key[1] += 0xBB67AE85;
    }
    return counter;
}

KeyedRandom::KeyedRandom(std::uint64_t seed, Purpose purpose, std::initializer_list<std::uint64_t> key) {
    const auto generator = mix({seed, static_cast<std::uint64_t>(purpose)});
    const auto stream = mix(key);
    key_ = {low_half(generator), high_half(generator)};
    counter_ = {0, 0, low_half(stream), high_half(stream)};
}

std::uint32_t KeyedRandom::bits() {
    if (used_ == block_.size()) {
        block_ = philox(counter_, key_);
        used_ = 0;
        if (++counter_[0] == 0) {
            ++counter_[1];
        }
    }
    return block_[used_++];
}

double KeyedRandom::uniform() {
    return bits() * 0x1p-32;
}

std::uint32_t KeyedRandom::below(std::uint32_t bound) {
    std::uint64_t product = std::uint64_t{bits()} * bound;
    if (low_half(product) < bound) {
        const std::uint32_t surplus = -bound % bound;  // 2^32 mod bound: draws that would favour small values
        while (low_half(product) < surplus) {
            product = std::uint64_t{bits()} * bound;
        }
    }
    return high_half(product);
}

std::uint64_t mix(std::initializer_list<std::uint64_t> values) {
    std::uint64_t hash = values.size();
    for (const auto value : values) {
        hash = scramble((hash ^ value) + 0x9E3779B97F4A7C15U);
    }
    return hash;
}

}  // namespace sslslr
