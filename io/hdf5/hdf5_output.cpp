#include "io/hdf5/hdf5_output.hpp"

#include <algorithm>

#include "io/file/data_error.hpp"
#include "io/file/sealed_file.hpp"

namespace sslslr::io::hdf5 {

OutputFile::OutputFile(std::filesystem::path path) : path_{std::move(path)} {
    silence();
    const Properties creation{H5Pcreate(H5P_FILE_CREATE)};
    H5Pset_userblock(creation.id(), user_block_bytes);
    H5Pset_obj_track_times(creation.id(), false);
    const auto access = unlocked_access();
    // Attributes over 64 KiB need format 1.8. Some clusters' libraries cannot read formats after 1.10.
    H5Pset_libver_bounds(access.id(), H5F_LIBVER_V18, H5F_LIBVER_V110);
    H5Pset_fclose_degree(access.id(), H5F_CLOSE_SEMI);  // closing the file fails while an object is open
    file_ = FileHandle{H5Fcreate(path_.c_str(), H5F_ACC_TRUNC, creation.id(), access.id())};
    if (!file_.is_valid()) {
        fail("/", "cannot create the file");
    }
}

void OutputFile::fail(const std::string& object, const std::string& problem) const {
    throw DataError{path_, object + ": " + problem + library_reason()};
}

Dataset OutputFile::create(const std::string& name, hid_t type, const Shape& shape,
                           const Properties& creation) const {
    silence();
    create_groups_above(name);
    H5Pset_obj_track_times(creation.id(), false);
    const Space space{shape.empty()
                          ? H5Screate(H5S_SCALAR)
                          : H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr)};
    Dataset dataset{
        H5Dcreate2(file_.id(), name.c_str(), type, space.id(), H5P_DEFAULT, creation.id(), H5P_DEFAULT)};
    if (!dataset.is_valid()) {
        fail(name, "cannot create the dataset");
    }
    return dataset;
}

void OutputFile::create_groups_above(const std::string& name) const {
    const Properties creation{H5Pcreate(H5P_GROUP_CREATE)};
    H5Pset_obj_track_times(creation.id(), false);
    for (auto slash = name.find('/', 1); slash != std::string::npos; slash = name.find('/', slash + 1)) {
        const auto group = name.substr(0, slash);
        if (H5Lexists(file_.id(), group.c_str(), H5P_DEFAULT) == 0) {
            const Group made{H5Gcreate2(file_.id(), group.c_str(), H5P_DEFAULT, creation.id(), H5P_DEFAULT)};
        }
    }
}

void OutputFile::write(const Dataset& dataset, const std::string& name, hid_t memory_type,
                       const void* values) const {
    const Space space{H5Dget_space(dataset.id())};
    if (H5Sget_simple_extent_npoints(space.id()) > 0 &&
        H5Dwrite(dataset.id(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) {
        fail(name, "cannot write");
    }
}

void OutputFile::finish(Dataset dataset, const std::string& name) const {
    silence();
    if (H5Dclose(dataset.release()) < 0) {
        fail(name, "cannot write");
    }
}

template <class T>
void OutputFile::write_integers(const std::string& name, const std::vector<T>& values) const {
    auto dataset = create(name, native_type<T>(), {values.size()});
    write(dataset, name, native_type<T>(), values.data());
    finish(std::move(dataset), name);
}
template void OutputFile::write_integers(const std::string&, const std::vector<std::int64_t>&) const;
template void OutputFile::write_integers(const std::string&, const std::vector<std::uint64_t>&) const;

void OutputFile::write_reals(const std::string& name, const std::vector<double>& values) const {
    auto dataset = create(name, H5T_IEEE_F64LE, {values.size()});
    write(dataset, name, native_type<double>(), values.data());
    finish(std::move(dataset), name);
}

void OutputFile::write_texts(const std::string& name, const std::vector<std::string>& values) const {
    std::size_t width = 1;
    for (const auto& value : values) {
        width = std::max(width, value.size());
    }
    std::string raw;
    for (auto value : values) {
        value.resize(width);
        raw += value;
    }
    const auto type = text_type(width);
    auto dataset = create(name, type.id(), {values.size()});
    write(dataset, name, type.id(), raw.data());
    finish(std::move(dataset), name);
}

void OutputFile::write_attribute(const std::string& name, const std::string& value) const {
    write_attribute_of(file_.id(), name, value);
}

void OutputFile::write_attribute(const Dataset& dataset, const std::string& name,
                                 const std::string& value) const {
    write_attribute_of(dataset.id(), name, value);
}

void OutputFile::write_attribute_of(hid_t object, const std::string& name, const std::string& value) const {
    silence();
    const auto type = text_type(std::max<std::size_t>(value.size(), 1));
    const Space space{H5Screate(H5S_SCALAR)};
    const Attribute attribute{
        H5Acreate2(object, name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT)};
    if (!attribute.is_valid() || H5Awrite(attribute.id(), type.id(), value.c_str()) < 0) {
        fail("attribute " + name, "cannot write");
    }
}

void OutputFile::close() {
    if (H5Fclose(file_.release()) < 0) {
        fail("/", "cannot write and close the file");
    }
}

}  // namespace sslslr::io::hdf5
