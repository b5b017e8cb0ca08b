#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "io/file/posix_file.hpp"

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

/// The shape of an array, from its header alone.
/// @throws DataError  missing or damaged
std::vector<std::size_t> npy_shape(const std::filesystem::path& path);

/// A .npy file whose first axis counts arrays that are read one by one: it may be larger than the memory.
class NpyStack {
public:
    /// @throws DataError  as read_npy(), or an array without axes or in Fortran's order
    explicit NpyStack(const std::filesystem::path& path);

    std::size_t count() const noexcept { return count_; }
    /// Of one array.
    const std::vector<std::size_t>& shape() const noexcept { return shape_; }
    /// @throws DataError  the file has become shorter
    std::vector<float> read(std::size_t number) const;

private:
    PosixFile file_;
    std::string type_;
    std::size_t begin_;  ///< of the values in the file
    std::size_t count_ = 0;
    std::vector<std::size_t> shape_;
};

}  // namespace sslslr::io
