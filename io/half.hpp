#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace sslslr::io {

/// Exact float32 of float16 values as they lie in a file (little-endian, any alignment).
/// @param halves  2 * out.size() bytes
void floats_of_halves(std::span<const std::byte> halves, std::span<float> out);

/// The nearest float16, ties to even; beyond its range infinity, NaN stays NaN.
std::uint16_t half_of_float(float value);

/// The same for many. @param out  as many as `values`
void halves_of_floats(std::span<const float> values, std::span<std::uint16_t> out);

/// The first of the finite values that float16 does not hold, those that would become infinite; nothing if there is none.
std::optional<float> beyond_half(std::span<const float> values);

}  // namespace sslslr::io
