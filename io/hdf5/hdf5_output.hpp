#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/hdf5/hdf5.hpp"

namespace sslslr::io::hdf5 {

/// A new HDF5 file with an empty user block, which seal() fills later. Every error is a DataError.
class OutputFile {
public:
    /// Creates the file, replacing an existing one.
    explicit OutputFile(std::filesystem::path path);

    /// Creates a dataset and the groups above it. Stores no times, so that equal content gives equal bytes.
    Dataset create(const std::string& name, hid_t type, const Shape& shape,
                   const Properties& creation = Properties{H5Pcreate(H5P_DATASET_CREATE)}) const;
    /// Writes all values of a dataset from memory, where they have the type `memory_type`.
    /// @param name  of the dataset, for messages
    void write(const Dataset& dataset, const std::string& name, hid_t memory_type, const void* values) const;

    /// Closes a dataset, which writes what the library has buffered. Do not leave this to the destructor: it
    /// cannot report a full disk, and the file would have a hole.
    void finish(Dataset dataset, const std::string& name) const;

    /// T: std::int64_t or std::uint64_t
    template <class T>
    void write_integers(const std::string& name, const std::vector<T>& values) const;
    void write_reals(const std::string& name, const std::vector<double>& values) const;
    void write_texts(const std::string& name, const std::vector<std::string>& values) const;
    /// Writes an attribute of the file itself, or of an open dataset.
    void write_attribute(const std::string& name, const std::string& value) const;
    void write_attribute(const Dataset& dataset, const std::string& name, const std::string& value) const;

    /// Closes the file. @throws DataError  the system refuses (a full disk)
    void close();

    /// @throws DataError  always
    [[noreturn]] void fail(const std::string& object, const std::string& problem) const;

private:
    void create_groups_above(const std::string& name) const;
    void write_attribute_of(hid_t object, const std::string& name, const std::string& value) const;

    std::filesystem::path path_;
    FileHandle file_;
};

}  // namespace sslslr::io::hdf5
