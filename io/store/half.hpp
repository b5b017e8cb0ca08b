#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace sslslr::io {

/// Converts float16 values as stored in a file (little-endian, any alignment) to float32, exactly.
/// @param halves  2 * out.size() bytes
void floats_of_halves(std::span<const std::byte> halves, std::span<float> out);

/// The bits that canonical() returns for every NaN.
inline constexpr std::uint16_t half_nan = 0x7E00;

/// Returns equal bits for equal values: -0 becomes 0, and every NaN becomes half_nan.
constexpr std::uint16_t canonical(std::uint16_t half) {
    constexpr std::uint16_t magnitude_bits = 0x7FFF;
    constexpr std::uint16_t infinity = 0x7C00;
    const auto magnitude = static_cast<std::uint16_t>(half & magnitude_bits);
    return magnitude > infinity ? half_nan : magnitude == 0 ? magnitude : half;
}

/// Returns the bits of the nearest float16, ties to even. Values beyond its range become infinite.
std::uint16_t half_of_float(float value);

/// Converts many values as half_of_float() does. @param out  of the size of `values`
void halves_of_floats(std::span<const float> values, std::span<std::uint16_t> out);

/// Returns the first finite value that would become infinite as float16; nothing if there is none.
std::optional<float> beyond_half(std::span<const float> values);

}  // namespace sslslr::io
