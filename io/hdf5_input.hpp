#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "io/hdf5.hpp"

namespace sslslr::io::hdf5 {

/// An open dataset and what its header claims.
struct InputDataset {
    std::string name;
    Dataset handle{};
    Type type{};
    Shape shape{};
    std::uint64_t values = 0;  ///< product of the shape; never more than the file can hold
};

/// An HDF5 file open for reading. Every error is a DataError that names file, object and the library's
/// reason.
class InputFile {
public:
    /// @throws DataError  libhdf5 does not accept the file
    explicit InputFile(std::filesystem::path path);

    const std::filesystem::path& path() const noexcept { return path_; }

    /// Whether there is an object of this path ("/group/name") whose groups exist.
    bool has(const std::string& name) const;
    /// Opens a dataset; checks its size against the file's before anyone allocates from it.
    InputDataset dataset(const std::string& name, hid_t access = H5P_DEFAULT) const;
    /// Reads all values, converted to `memory_type`, into `out`, which has room for them.
    void read(const InputDataset& dataset, hid_t memory_type, void* out) const;

    /// A one-dimensional dataset of integers, T std::int64_t or std::uint64_t; out of T's range is clamped to
    /// it.
    template <class T>
    std::vector<T> integers(const std::string& name) const;
    /// A one-dimensional dataset of floating-point numbers.
    std::vector<double> reals(const std::string& name) const;
    /// A one-dimensional dataset of texts, of fixed or variable length.
    std::vector<std::string> texts(const std::string& name) const;

    /// Names of all datasets under `group`, relative to it; none if there is no such group.
    std::vector<std::string> datasets_under(const std::string& group) const;
    /// Attributes of an object that are one text or one number (as text); others are left out.
    std::map<std::string, std::string> attributes(const std::string& object = "/") const;

    /// @throws DataError  always
    [[noreturn]] void fail(const std::string& object, const std::string& problem) const;

private:
    std::filesystem::path path_;
    std::uint64_t file_bytes_ = 0;
    FileHandle file_;
};

}  // namespace sslslr::io::hdf5
