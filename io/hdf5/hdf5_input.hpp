#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "io/hdf5/hdf5.hpp"
#include "io/hdf5/hdf5_entries.hpp"

namespace sslslr::io::hdf5 {

/// An open dataset with the type and shape that its header states.
struct InputDataset {
    std::string name;
    Dataset handle{};
    Type type{};
    Shape shape{};
    std::uint64_t values = 0;  ///< product of the shape; checked against the size of the file
};

/// An HDF5 file open for reading. Every error is a DataError that names file, object and libhdf5's reason.
class InputFile {
public:
    /// @throws DataError  libhdf5 does not accept the file
    explicit InputFile(std::filesystem::path path);

    const std::filesystem::path& path() const noexcept { return path_; }

    /// Whether the path ("/group/name") and every group on it exist.
    bool has(const std::string& name) const;
    /// Whether the object of this path is a group.
    bool has_group(const std::string& name) const;
    /// Opens a dataset. Checks that its size is possible for the size of the file, so that a damaged header
    /// causes no huge allocation, and that the sources of a virtual dataset are present.
    InputDataset dataset(const std::string& name, hid_t access = H5P_DEFAULT) const;
    /// Reads all values, converted to `memory_type`, into `out`, which must have room for them.
    void read(const InputDataset& dataset, hid_t memory_type, void* out) const;

    /// Reads a one-dimensional dataset of integers. Values outside T's range are clamped to it.
    /// T: std::int64_t or std::uint64_t
    template <class T>
    std::vector<T> integers(const std::string& name) const;
    /// Reads a one-dimensional dataset of floating-point numbers.
    std::vector<double> reals(const std::string& name) const;
    /// Reads a one-dimensional dataset of texts of fixed or variable length.
    std::vector<std::string> texts(const std::string& name) const;

    /// Reads a dataset of one text or one number, as text; nothing if it holds anything else.
    std::optional<std::string> plain_dataset(const std::string& name) const;

    /// Returns the links of a group, sorted by name.
    std::vector<Entry> entries(const std::string& group) const;
    /// Returns the names of all datasets below `group`, relative to it; empty if there is no such group.
    /// @throws DataError  a link leads nowhere, or back to a group above it
    std::vector<std::string> datasets_under(const std::string& group) const;
    /// Reads the attributes of an object that are one text or one number, as text.
    /// @param others  receives the names of the other attributes
    std::map<std::string, std::string> attributes(const std::string& object = "/",
                                                  std::vector<std::string>* others = nullptr) const;

    /// Reports that values could not be read. If the library lacks a filter for them, the message names it.
    /// @throws DataError  always
    [[noreturn]] void fail_reading(const InputDataset& dataset, const std::string& problem) const;
    /// @throws DataError  always
    [[noreturn]] void fail(const std::string& object, const std::string& problem) const;

private:
    void append_datasets(const std::string& group, const std::string& prefix, std::set<std::string>& above,
                         std::vector<std::string>& names) const;

    std::filesystem::path path_;
    std::uint64_t file_bytes_ = 0;
    FileHandle file_;
};

}  // namespace sslslr::io::hdf5
