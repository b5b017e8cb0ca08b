#pragma once

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <hdf5.h>

// The content of an HDF5 file, read only with the C library.
namespace sslslr::test {

namespace hdf5_names {

inline std::string type_name(hid_t type) {
    switch (H5Tget_class(type)) {
        case H5T_INTEGER:
            return (H5Tget_sign(type) == H5T_SGN_NONE ? "uint" : "int") +
                   std::to_string(8 * H5Tget_size(type));
        case H5T_FLOAT:
            return "float" + std::to_string(8 * H5Tget_size(type));
        case H5T_STRING:
            return "text";
        default:
            return "other type";
    }
}

/// " = value" for an attribute that holds the version of a format, else "".
inline std::string version_in(hid_t attribute, const std::string& name) {
    if (name != "schema" && name != "version") {
        return "";
    }
    const auto type = H5Aget_type(attribute);
    std::string value;
    if (H5Tget_class(type) == H5T_INTEGER) {
        long long number = 0;
        H5Aread(attribute, H5T_NATIVE_LLONG, &number);
        value = std::to_string(number);
    } else if (H5Tis_variable_str(type) > 0) {
        char* text = nullptr;
        H5Aread(attribute, type, &text);
        value = text;
        H5free_memory(text);
    } else {
        value.resize(H5Tget_size(type));
        H5Aread(attribute, type, value.data());
        value.resize(std::min(value.size(), value.find('\0')));
    }
    H5Tclose(type);
    return " = " + value;
}

/// " @name" for each attribute, ordered by name, with the value of versions.
inline std::vector<std::string> attributes_of(hid_t object) {
    std::array<char, 1024> name{};
    std::vector<std::string> attributes;
    for (int i = 0; i < H5Aget_num_attrs(object); ++i) {
        const auto attribute = H5Aopen_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC,
                                              static_cast<hsize_t>(i), H5P_DEFAULT, H5P_DEFAULT);
        H5Aget_name(attribute, name.size(), name.data());
        attributes.push_back(std::string{" @"} + name.data() + version_in(attribute, name.data()));
        H5Aclose(attribute);
    }
    return attributes;
}

inline void add_object(hid_t object, const std::string& path, std::set<std::string>& names) {
    const auto attributes = attributes_of(object);
    if (H5Iget_type(object) == H5I_DATASET) {
        const auto type = H5Dget_type(object);
        const auto space = H5Dget_space(object);
        auto line = path + " " + type_name(type) + ", " + std::to_string(H5Sget_simple_extent_ndims(space)) +
                    " dimensions";
        for (const auto& attribute : attributes) {
            line += "," + attribute;
        }
        names.insert(line);
        H5Sclose(space);
        H5Tclose(type);
        return;
    }
    for (const auto& attribute : attributes) {
        names.insert((path.empty() ? "/" : path) + attribute);
    }
    std::array<char, 1024> name{};
    H5G_info_t group{};
    H5Gget_info(object, &group);
    for (hsize_t i = 0; i < group.nlinks; ++i) {
        H5Lget_name_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, i, name.data(), name.size(), H5P_DEFAULT);
        const std::string child{name.data()};
        const auto below = H5Oopen(object, child.c_str(), H5P_DEFAULT);
        add_object(below, path + "/" + child, names);
        H5Oclose(below);
    }
}

}  // namespace hdf5_names

/// The datasets of an HDF5 file with type and rank, and all attributes.
inline std::set<std::string> contents_of(const std::filesystem::path& file) {
    std::set<std::string> names;
    const auto opened = H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    EXPECT_GE(opened, 0) << file;
    const auto root = H5Gopen2(opened, "/", H5P_DEFAULT);
    hdf5_names::add_object(root, "", names);
    H5Gclose(root);
    H5Fclose(opened);
    return names;
}

}  // namespace sslslr::test
