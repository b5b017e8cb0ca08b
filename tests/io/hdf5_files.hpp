#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <hdf5.h>

#include "io/hdf5/hdf5.hpp"

// HDF5 files as other programs write them, written only with the C library.
namespace sslslr::io::test {

/// A file that is being written, closed at the end.
class Hdf5Sketch {
public:
    explicit Hdf5Sketch(const std::filesystem::path& path, hsize_t user_block = 0) {
        std::filesystem::create_directories(path.parent_path());
        const hdf5::Properties creation{H5Pcreate(H5P_FILE_CREATE)};
        H5Pset_userblock(creation.id(), user_block);
        file_ = hdf5::FileHandle{H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.id(), H5P_DEFAULT)};
    }

    hid_t id() const { return file_.id(); }

    /// Adds an empty dataset. @param creation  properties that say how it is stored
    hdf5::Dataset create(const std::string& name, hid_t type, const hdf5::Shape& shape,
                         hid_t creation = H5P_DEFAULT) const {
        const hdf5::Properties links{H5Pcreate(H5P_LINK_CREATE)};
        H5Pset_create_intermediate_group(links.id(), 1);
        const hdf5::Space space{
            shape.empty() ? H5Screate(H5S_SCALAR)
                          : H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr)};
        return hdf5::Dataset{
            H5Dcreate2(file_.id(), name.c_str(), type, space.id(), links.id(), creation, H5P_DEFAULT)};
    }
    /// Adds a dataset in which all numbers are equal.
    void put(const std::string& name, const hdf5::Shape& shape, float value = 0.5F,
             hid_t type = H5T_IEEE_F32LE, hid_t creation = H5P_DEFAULT) const {
        hsize_t count = 1;
        for (const auto extent : shape) {
            count *= extent;
        }
        const auto dataset = create(name, type, shape, creation);
        H5Dwrite(dataset.id(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                 std::vector<float>(count, value).data());
    }
    void put_text(const std::string& name, const std::string& text) const {
        const auto type = hdf5::text_type(H5T_VARIABLE);
        const char* pointer = text.c_str();
        H5Dwrite(create(name, type.id(), {}).id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, &pointer);
    }
    void put_group(const std::string& name) const {
        const hdf5::Group made{H5Gcreate2(file_.id(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)};
    }
    void put_attribute(const std::string& object, const std::string& name, const std::string& text) const {
        const auto type = hdf5::text_type(text.size() + 1);
        const hdf5::Space space{H5Screate(H5S_SCALAR)};
        const hdf5::Attribute made{H5Acreate_by_name(file_.id(), object.c_str(), name.c_str(), type.id(),
                                                     space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)};
        H5Awrite(made.id(), type.id(), text.c_str());
    }
    /// @param count  1, or more for an array attribute
    void put_attribute(const std::string& object, const std::string& name, std::int64_t value,
                       hsize_t count = 1) const {
        const hdf5::Space space{H5Screate_simple(1, &count, nullptr)};
        const hdf5::Attribute made{H5Acreate_by_name(file_.id(), object.c_str(), name.c_str(), H5T_STD_I32LE,
                                                     space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)};
        H5Awrite(made.id(), H5T_NATIVE_INT64, std::vector<std::int64_t>(count, value).data());
    }

private:
    hdf5::FileHandle file_;
};

/// Properties of a dataset that is stored in chunks.
inline hdf5::Properties in_chunks(const hdf5::Shape& chunk, std::optional<float> fill = std::nullopt) {
    hdf5::Properties creation{H5Pcreate(H5P_DATASET_CREATE)};
    H5Pset_chunk(creation.id(), static_cast<int>(chunk.size()), chunk.data());
    if (fill) {
        H5Pset_fill_value(creation.id(), H5T_NATIVE_FLOAT, &*fill);
    }
    return creation;
}

/// A dataset whose frames are part of a virtual dataset, from frame `first` of it on (by default after the
/// previous source).
struct VirtualSource {
    std::string file;
    std::string dataset;
    hsize_t frames;
    std::optional<hsize_t> first{};
};
/// Properties of a virtual dataset that takes all its frames from `sources`.
inline hdf5::Properties as_virtual(const hdf5::Shape& shape, const std::vector<VirtualSource>& sources) {
    hdf5::Properties creation{H5Pcreate(H5P_DATASET_CREATE)};
    hsize_t first = 0;
    for (const auto& source : sources) {
        auto part = shape;
        part.front() = source.frames;
        hdf5::Shape start(shape.size(), 0);
        start.front() = source.first.value_or(first);
        const hdf5::Space all{H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr)};
        const hdf5::Space in_source{H5Screate_simple(static_cast<int>(shape.size()), part.data(), nullptr)};
        H5Sselect_hyperslab(all.id(), H5S_SELECT_SET, start.data(), nullptr, part.data(), nullptr);
        H5Pset_virtual(creation.id(), all.id(), source.file.c_str(), source.dataset.c_str(), in_source.id());
        first = start.front() + source.frames;
    }
    return creation;
}

}  // namespace sslslr::io::test
