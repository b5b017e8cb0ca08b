#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "io/file/posix_file.hpp"

namespace sslslr::io {

/// An array of numbers, as read from a .npy file.
struct NpyArray {
    std::vector<std::size_t> shape{};
    std::vector<float> values{};  ///< in C order
};

/// Reads a .npy file of float16, float32, float64 or integers: format versions 1 to 3, both byte orders, C or
/// Fortran order. Arrays of objects are refused, because reading them would unpickle.
/// @throws DataError  missing, damaged, of another type, or of a shape that does not match the file's size
NpyArray read_npy(const std::filesystem::path& path);

/// Returns the shape of an array, reading only its header.
/// @throws DataError  missing or damaged
std::vector<std::size_t> npy_shape(const std::filesystem::path& path);

/// A .npy file read as a stack of arrays along its first axis, one at a time. It may be larger than memory.
class NpyStack {
public:
    /// @throws DataError  as read_npy(), or the array has no axes or is in Fortran order
    explicit NpyStack(const std::filesystem::path& path);

    std::size_t count() const noexcept { return count_; }
    /// Returns the shape of one array of the stack.
    const std::vector<std::size_t>& shape() const noexcept { return shape_; }
    /// Reads one array, in C order. @throws DataError  the file has become shorter
    std::vector<float> read(std::size_t number) const;

private:
    PosixFile file_;
    std::string type_;
    std::size_t begin_;  ///< offset of the values in the file
    std::size_t count_ = 0;
    std::vector<std::size_t> shape_;
};

}  // namespace sslslr::io
