#include "io/hdf5_input.hpp"

#include <optional>

#include <fmt/format.h>

#include "io/data_error.hpp"

namespace sslslr::io::hdf5 {
namespace {

// Deflate's best case; a filtered dataset of more than this cannot come from the file.
constexpr std::uint64_t largest_expansion = 1032;

bool is_filtered(const Dataset& dataset) {
    const Properties creation{H5Dget_create_plist(dataset.id())};
    return H5Pget_nfilters(creation.id()) > 0;
}

/// Product of the extents; nothing if it passes `limit`.
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

std::string trimmed(std::string text, const Type& type) {
    text.resize(std::min(text.size(), text.find('\0')));
    if (H5Tget_strpad(type.id()) == H5T_STR_SPACEPAD) {
        text.resize(text.find_last_not_of(' ') + 1);
    }
    return text;
}

/// Texts of a dataset or an attribute. `read(memory type, buffer)` calls the library.
template <class Read>
std::optional<std::vector<std::string>> read_texts(const Type& type, const Space& space, const Read& read) {
    const auto count = static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.id()));
    std::vector<std::string> texts;
    if (H5Tis_variable_str(type.id()) > 0) {
        std::vector<char*> pointers(count);
        if (read(type.id(), pointers.data()) < 0) {
            return std::nullopt;
        }
        for (const char* pointer : pointers) {
            texts.emplace_back(pointer == nullptr ? "" : pointer);
        }
        H5Dvlen_reclaim(type.id(), space.id(), H5P_DEFAULT, pointers.data());
        return texts;
    }
    const auto width = H5Tget_size(type.id());
    std::string raw(count * width, '\0');
    if (read(type.id(), raw.data()) < 0) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < count; ++i) {
        texts.push_back(trimmed(raw.substr(i * width, width), type));
    }
    return texts;
}

template <class T>
std::optional<std::string> read_number(const Attribute& attribute) {
    T value{};
    if (H5Aread(attribute.id(), native_type<T>(), &value) < 0) {
        return std::nullopt;
    }
    return fmt::format("{}", value);
}

/// @param limit  bytes; an attribute that claims more is damaged
std::optional<std::string> text_of(const Attribute& attribute, std::uint64_t limit) {
    const Type type{H5Aget_type(attribute.id())};
    const Space space{H5Aget_space(attribute.id())};
    if (H5Sget_simple_extent_npoints(space.id()) != 1 || H5Tget_size(type.id()) > limit) {
        return std::nullopt;
    }
    switch (H5Tget_class(type.id())) {
        case H5T_INTEGER:
            return read_number<std::int64_t>(attribute);
        case H5T_FLOAT:
            return read_number<double>(attribute);
        case H5T_STRING: {
            const auto texts = read_texts(
                type, space, [&](hid_t memory, void* out) { return H5Aread(attribute.id(), memory, out); });
            return texts ? std::optional{texts->front()} : std::nullopt;
        }
        default:
            return std::nullopt;
    }
}

herr_t append_link(hid_t, const char* name, const H5L_info_t*, void* names) {
    static_cast<std::vector<std::string>*>(names)->emplace_back(name);
    return 0;
}

herr_t append_attribute(hid_t, const char* name, const H5A_info_t*, void* names) {
    static_cast<std::vector<std::string>*>(names)->emplace_back(name);
    return 0;
}

}  // namespace

InputFile::InputFile(std::filesystem::path path) : path_{std::move(path)} {
    silence();
    file_bytes_ = std::filesystem::file_size(path_);
    file_ = FileHandle{H5Fopen(path_.c_str(), H5F_ACC_RDONLY, unlocked_access().id())};
    if (!file_.is_valid()) {
        fail("/", "expected an HDF5 file, found one that cannot be opened");
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
    const auto limit = is_filtered(found.handle) ? largest_expansion * file_bytes_ : file_bytes_;
    const auto values = product(found.shape, limit / value_bytes);
    if (!values) {
        fail(name, fmt::format("expected no more values than fit the file's {} bytes, found a shape of [{}]",
                               file_bytes_, fmt::join(found.shape, ", ")));
    }
    found.values = *values;
    return found;
}

void InputFile::read(const InputDataset& dataset, hid_t memory_type, void* out) const {
    if (dataset.values > 0 &&
        H5Dread(dataset.handle.id(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out) < 0) {
        fail(dataset.name, "cannot be read");
    }
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
    const auto texts = read_texts(found.type, space, [&](hid_t memory, void* out) {
        return found.values == 0 ? 0 : H5Dread(found.handle.id(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, out);
    });
    if (!texts) {
        fail(name, "cannot be read");
    }
    return *texts;
}

std::vector<std::string> InputFile::datasets_under(const std::string& group) const {
    silence();
    if (group != "/" && H5Lexists(file_.id(), group.c_str(), H5P_DEFAULT) == 0) {
        return {};
    }
    const Group opened{H5Gopen2(file_.id(), group.c_str(), H5P_DEFAULT)};
    std::vector<std::string> children;
    if (!opened.is_valid() ||
        H5Literate(opened.id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, append_link, &children) < 0) {
        fail(group, "expected a group that can be listed");
    }
    std::vector<std::string> names;
    for (const auto& child : children) {
        const Object object{H5Oopen(opened.id(), child.c_str(), H5P_DEFAULT)};
        const auto kind = object.is_valid() ? H5Iget_type(object.id()) : H5I_BADID;
        if (kind == H5I_DATASET) {
            names.push_back(child);
        } else if (kind == H5I_GROUP) {
            for (const auto& below : datasets_under(group == "/" ? child : group + "/" + child)) {
                names.push_back(child + "/" + below);
            }
        } else {
            fail(group + "/" + child, "expected a dataset or a group");
        }
    }
    return names;
}

std::map<std::string, std::string> InputFile::attributes(const std::string& object) const {
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
        if (const auto text = attribute.is_valid() ? text_of(attribute, file_bytes_) : std::nullopt) {
            found.emplace(name, *text);
        }
    }
    return found;
}

}  // namespace sslslr::io::hdf5
