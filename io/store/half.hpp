#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace sslslr::io {

/// Exact float32 of float16 values as they lie in a file (little-endian, any alignment).
/// @param halves  2 * out.size() bytes
void floats_of_halves(std::span<const std::byte> halves, std::span<float> out);

/// The bits that stand for every NaN where float16 values are compared by their bits.
inline constexpr std::uint16_t half_nan = 0x7E00;

/// Equal bits for equal values: -0 becomes 0, any NaN half_nan.
constexpr std::uint16_t canonical(std::uint16_t half) {
    constexpr std::uint16_t magnitude_bits = 0x7FFF;
    constexpr std::uint16_t infinity = 0x7C00;
    const auto magnitude = static_cast<std::uint16_t>(half & magnitude_bits);
    return magnitude > infinity ? half_nan : magnitude == 0 ? magnitude : half;
}

/// The nearest float16, ties to even; beyond its range infinity, NaN stays NaN.
std::uint16_t half_of_float(float value);

/// The same for many. @param out  as many as `values`
void halves_of_floats(std::span<const float> values, std::span<std::uint16_t> out);

/// The first of the finite values that float16 does not hold, those that would become infinite; nothing if there is none.
std::optional<float> beyond_half(std::span<const float> values);

}  // namespace sslslr::io
