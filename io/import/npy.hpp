#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

namespace sslslr::io {

/// An array of numbers as NumPy writes it.
struct NpyArray {
    std::vector<std::size_t> shape{};
    std::vector<float> values{};  ///< in C order
};

/// Reads a .npy file, format versions 1 to 3, of float16, float32, float64 or whole numbers, either byte order
/// of either array order. Never unpickles: an array of objects is refused.
/// @throws DataError  missing, damaged, another type, or a size that does not fit the file's
NpyArray read_npy(const std::filesystem::path& path);

}  // namespace sslslr::io
