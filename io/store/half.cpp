#include "io/store/half.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "io/file/vector_clones.hpp"

namespace sslslr::io {
namespace {

constexpr std::uint32_t rebias = 112U << 23;  // 127 - 15, in the exponent's position

// Uses integer operations and one exact subtraction, so that compilers vectorise the loop over it for any
// CPU. On data from memory it is as fast as the conversion instruction, which a portable build cannot use.
float float_of_half(std::uint16_t half) {
    const std::uint32_t magnitude = half & 0x7FFFU;
    const std::uint32_t sign = (half & 0x8000U) << 16;
    const std::uint32_t to_infinity = magnitude >= 0x7C00U ? rebias : 0U;
    const std::uint32_t normal = (magnitude << 13) + rebias + to_infinity;
    // m * 2^-24 = (1 + m/1024) * 2^-14 - 2^-14, without a denormal operand, which would be slow, or zero if
    // flush-to-zero is on.
    const auto subnormal =
        std::bit_cast<std::uint32_t>(std::bit_cast<float>((113U << 23) | (magnitude << 13)) - 0x1p-14F);
    const std::uint32_t is_small = magnitude < 0x400U ? ~0U : 0U;
    return std::bit_cast<float>((subnormal & is_small) | (normal & ~is_small) | sign);
}

constexpr std::uint32_t float_magnitude = 0x7FFFFFFFU;
constexpr std::uint32_t float_infinity = 0x7F800000U;  // of a float's magnitude
/// Halfway between the largest float16 and the next power of two: from here on, values round to infinity.
constexpr auto least_infinite = std::bit_cast<std::uint32_t>(65520.0F);

bool is_beyond_half(float value) {
    const auto magnitude = std::bit_cast<std::uint32_t>(value) & float_magnitude;
    return magnitude >= least_infinite && magnitude < float_infinity;
}

/// Counts finite values beyond float16, modulo 2^32. The loop has no early exit, so that it vectorises.
SSLSLR_VECTOR_CLONES
std::uint32_t count_beyond_half(std::span<const float> values) {
    const float* const __restrict in = values.data();
    std::uint32_t count = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        count += is_beyond_half(in[i]) ? 1U : 0U;
    }
    return count;
}

}  // namespace

SSLSLR_VECTOR_CLONES
void floats_of_halves(std::span<const std::byte> halves, std::span<float> out) {
    const std::byte* const __restrict in = halves.data();
    float* const __restrict to = out.data();
    for (std::size_t i = 0; i < out.size(); ++i) {
        std::uint16_t half = 0;
        std::memcpy(&half, in + 2 * i, sizeof(half));
        to[i] = float_of_half(half);
    }
}

// Without branches, so that the loop over it can be vectorised.
std::uint16_t half_of_float(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = (bits >> 16) & 0x8000U;
    const std::uint32_t magnitude = bits & float_magnitude;
    // Below 2^-14, float16 values are multiples of 2^-24. That is the spacing of float32 values from 0.5 on,
    // so the addition rounds.
    const auto small = std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) + 0.5F) -
                       std::bit_cast<std::uint32_t>(0.5F);
    const std::uint32_t rebased = magnitude - rebias;
    const std::uint32_t tie_to_even = (rebased >> 13) & 1U;
    const std::uint32_t normal = (rebased + 0xFFFU + tie_to_even) >> 13;
    const std::uint32_t finite = magnitude < std::bit_cast<std::uint32_t>(0x1p-14F) ? small : normal;
    const std::uint32_t ordered = magnitude >= least_infinite ? 0x7C00U : finite;
    const std::uint32_t half = magnitude > float_infinity ? 0x7E00U : ordered;
    return static_cast<std::uint16_t>(sign | half);
}

SSLSLR_VECTOR_CLONES
void halves_of_floats(std::span<const float> values, std::span<std::uint16_t> out) {
    const float* const __restrict in = values.data();
    std::uint16_t* const __restrict to = out.data();
    for (std::size_t i = 0; i < values.size(); ++i) {
        to[i] = half_of_float(in[i]);
    }
}

std::optional<float> beyond_half(std::span<const float> values) {
    if (count_beyond_half(values) == 0) {
        return std::nullopt;
    }
    return *std::ranges::find_if(values, is_beyond_half);
}

}  // namespace sslslr::io
