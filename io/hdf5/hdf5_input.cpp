#include "io/hdf5/hdf5_input.hpp"

#include <limits>
#include <optional>

#include <fmt/format.h>

#include "io/file/data_error.hpp"
#include "io/file/posix_file.hpp"
#include "io/hdf5/hdf5_storage.hpp"
#include "io/hdf5/hdf5_texts.hpp"

namespace sslslr::io::hdf5 {
namespace {

// The best compression ratio of deflate. A filtered dataset that claims more is damaged.
constexpr std::uint64_t largest_expansion = 1032;

/// Returns how many bytes of values a dataset can have, given the size of its file. Virtual datasets are not
/// bounded: their sources hold the values.
std::uint64_t most_bytes(const Dataset& dataset, const std::filesystem::path& file,
                         std::uint64_t file_bytes) {
    if (is_virtual(dataset)) {
        return std::numeric_limits<std::uint64_t>::max();
    }
    if (const auto own_file = file_of(dataset.id()); own_file != file) {
        std::error_code none;
        file_bytes = std::filesystem::file_size(own_file, none);
        file_bytes = none ? 0 : file_bytes;
    }
    const Properties creation{H5Dget_create_plist(dataset.id())};
    return H5Pget_nfilters(creation.id()) > 0 ? largest_expansion * file_bytes : file_bytes;
}

/// Returns the product of the extents; nothing if it exceeds `limit`.
std::optional<std::uint64_t> product(const Shape& shape, std::uint64_t limit) {
    std::uint64_t values = 1;
    for (const auto extent : shape) {
        if (extent != 0 && values > limit / extent) {
            return std::nullopt;
        }
        values *= extent;
    }
    return values;
}

herr_t append_attribute(hid_t, const char* name, const H5A_info_t*, void* names) {
    static_cast<std::vector<std::string>*>(names)->emplace_back(name);
    return 0;
}

}  // namespace

InputFile::InputFile(std::filesystem::path path) : path_{std::move(path)} {
    silence();
    file_bytes_ = PosixFile{path_}.bytes();  // reports the system's reason if the file cannot be opened
    const auto access = unlocked_access();   // kept open: closing it would clear the library's reason
    file_ = FileHandle{H5Fopen(path_.c_str(), H5F_ACC_RDONLY, access.id())};
    if (!file_.is_valid()) {
        throw DataError{path_,
                        "expected an HDF5 file, found one that is damaged, cut off or of another format" +
                            library_reason() + "; copy it again from its source"};
    }
}

void InputFile::fail(const std::string& object, const std::string& problem) const {
    throw DataError{path_, object + ": " + problem + library_reason()};
}

bool InputFile::has(const std::string& name) const {
    silence();
    for (auto slash = name.find('/', 1); slash != std::string::npos; slash = name.find('/', slash + 1)) {
        if (H5Lexists(file_.id(), name.substr(0, slash).c_str(), H5P_DEFAULT) <= 0) {
            return false;
        }
    }
    return H5Lexists(file_.id(), name.c_str(), H5P_DEFAULT) > 0;
}

bool InputFile::has_group(const std::string& name) const {
    return has(name) && Group{H5Gopen2(file_.id(), name.c_str(), H5P_DEFAULT)}.is_valid();
}

InputDataset InputFile::dataset(const std::string& name, hid_t access) const {
    silence();
    InputDataset found{.name = name, .handle = Dataset{H5Dopen2(file_.id(), name.c_str(), access)}};
    if (!found.handle.is_valid()) {
        fail(name, "expected a dataset, found none that can be opened");
    }
    found.type = Type{H5Dget_type(found.handle.id())};
    const Space space{H5Dget_space(found.handle.id())};
    const int dimensions = H5Sget_simple_extent_ndims(space.id());
    const auto value_bytes = H5Tget_size(found.type.id());
    if (dimensions < 0 || value_bytes == 0 || H5Sget_simple_extent_type(space.id()) == H5S_NULL) {
        fail(name, "expected an array of values, found a dataset without type or extent");
    }
    found.shape.resize(static_cast<std::size_t>(dimensions));
    H5Sget_simple_extent_dims(space.id(), found.shape.data(), nullptr);
    if (const auto problem = problem_of_sources(found.handle); !problem.empty()) {
        throw DataError{path_, name + ": " + problem};
    }
    const auto values = product(found.shape, most_bytes(found.handle, path_, file_bytes_) / value_bytes);
    if (!values) {
        const auto gaps =
            problem_of_gaps(found.handle);  // missing values also make a file too small for the shape
        fail(name, !gaps.empty()
                       ? gaps
                       : fmt::format("expected no more values than fit the file's {} bytes, found a shape "
                                     "of [{}]",
                                     file_bytes_, fmt::join(found.shape, ", ")));
    }
    found.values = *values;
    return found;
}

void InputFile::read(const InputDataset& dataset, hid_t memory_type, void* out) const {
    if (dataset.values > 0 &&
        H5Dread(dataset.handle.id(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out) < 0) {
        fail_reading(dataset, "its values cannot be read: is the file damaged?");
    }
}

void InputFile::fail_reading(const InputDataset& dataset, const std::string& problem) const {
    const auto reason = library_reason();
    const auto filter = problem_of_filters(dataset.handle);
    throw DataError{path_, dataset.name + ": " + (filter.empty() ? problem + reason : filter)};
}

template <class T>
std::vector<T> InputFile::integers(const std::string& name) const {
    const auto found = dataset(name);
    if (found.shape.size() != 1 || H5Tget_class(found.type.id()) != H5T_INTEGER) {
        fail(name, "expected a one-dimensional array of integers");
    }
    std::vector<T> values(found.values);
    read(found, native_type<T>(), values.data());
    return values;
}
template std::vector<std::int64_t> InputFile::integers(const std::string&) const;
template std::vector<std::uint64_t> InputFile::integers(const std::string&) const;

std::vector<double> InputFile::reals(const std::string& name) const {
    const auto found = dataset(name);
    if (found.shape.size() != 1 || H5Tget_class(found.type.id()) != H5T_FLOAT) {
        fail(name, "expected a one-dimensional array of floating-point numbers");
    }
    std::vector<double> values(found.values);
    read(found, native_type<double>(), values.data());
    return values;
}

std::vector<std::string> InputFile::texts(const std::string& name) const {
    const auto found = dataset(name);
    if (found.shape.size() != 1 || H5Tget_class(found.type.id()) != H5T_STRING) {
        fail(name, "expected a one-dimensional array of texts");
    }
    const Space space{H5Dget_space(found.handle.id())};
    const auto texts = texts_of(found.type, space, [&](hid_t memory, void* out) {
        return found.values == 0 ? 0 : H5Dread(found.handle.id(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, out);
    });
    if (!texts) {
        fail_reading(found, "its texts cannot be read: is the file damaged?");
    }
    return *texts;
}

std::vector<Entry> InputFile::entries(const std::string& group) const {
    silence();
    const Group opened{H5Gopen2(file_.id(), group.c_str(), H5P_DEFAULT)};
    std::vector<Entry> found;
    if (!opened.is_valid() || !list_entries(opened, found)) {
        fail(group, "expected a group that can be listed");
    }
    return found;
}

std::vector<std::string> InputFile::datasets_under(const std::string& group) const {
    silence();
    if (group != "/" && H5Lexists(file_.id(), group.c_str(), H5P_DEFAULT) == 0) {
        return {};
    }
    std::vector<std::string> names;
    std::set<std::string> above;
    append_datasets(group, "", above, names);
    return names;
}

void InputFile::append_datasets(const std::string& group, const std::string& prefix,
                                std::set<std::string>& above, std::vector<std::string>& names) const {
    const auto path_of = [&](const Entry& entry) { return (group == "/" ? "/" : group + "/") + entry.name; };
    for (const auto& entry : entries(group)) {
        if (entry.kind == EntryKind::dataset) {
            names.push_back(prefix + entry.name);
        } else if (entry.kind != EntryKind::group) {
            throw DataError{path_,
                            path_of(entry) + ": " +
                                (entry.problem.empty() ? "expected a dataset or a group, found a named type"
                                                       : entry.problem)};
        } else if (!above.insert(entry.identity).second) {
            throw DataError{
                path_,
                path_of(entry) +
                    ": expected another group, found a link back to a group above it; remove the link"};
        } else {
            append_datasets(path_of(entry), prefix + entry.name + "/", above, names);
            above.erase(entry.identity);
        }
    }
}

std::optional<std::string> InputFile::plain_dataset(const std::string& name) const {
    const auto found = dataset(name);
    return plain_value(found.handle, file_bytes_);
}

std::map<std::string, std::string> InputFile::attributes(const std::string& object,
                                                         std::vector<std::string>* others) const {
    silence();
    const Object opened{H5Oopen(file_.id(), object.c_str(), H5P_DEFAULT)};
    std::vector<std::string> names;
    if (!opened.is_valid() ||
        H5Aiterate2(opened.id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, append_attribute, &names) < 0) {
        fail(object, "expected attributes that can be listed");
    }
    std::map<std::string, std::string> found;
    for (const auto& name : names) {
        const Attribute attribute{H5Aopen(opened.id(), name.c_str(), H5P_DEFAULT)};
        if (const auto text = attribute.is_valid() ? plain_value(attribute, file_bytes_) : std::nullopt) {
            found.emplace(name, *text);
        } else if (others != nullptr) {
            others->push_back(name);
        }
    }
    return found;
}

}  // namespace sslslr::io::hdf5
