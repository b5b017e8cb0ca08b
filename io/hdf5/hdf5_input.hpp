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
    /// Whether the object of this path is a group.
    bool has_group(const std::string& name) const;
    /// Opens a dataset; checks its size against the file's before anyone allocates from it, and that the sources of a
    /// virtual one are there.
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

    /// A dataset that is one text or one number, as text; nothing if it is another.
    std::optional<std::string> plain_dataset(const std::string& name) const;

    /// What is in a group, by name.
    std::vector<Entry> entries(const std::string& group) const;
    /// Names of all datasets under `group`, relative to it; none if there is no such group. A link that leads nowhere,
    /// or back to a group above it, is an error.
    std::vector<std::string> datasets_under(const std::string& group) const;
    /// Attributes of an object that are one text or one number (as text).
    /// @param others  receives the names of those that are something else
    std::map<std::string, std::string> attributes(const std::string& object = "/",
                                                  std::vector<std::string>* others = nullptr) const;

    /// To be called when the library could not read values: names a filter that it lacks, if that is why.
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
