#include "io/hdf5/hdf5_texts.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sslslr::io::hdf5 {
namespace {

std::string trimmed(std::string text, const Type& type) {
    text.resize(std::min(text.size(), text.find('\0')));
    if (H5Tget_strpad(type.id()) == H5T_STR_SPACEPAD) {
        text.resize(text.find_last_not_of(' ') + 1);
    }
    return text;
}

template <class T>
std::optional<std::string> number_of(const ReadInto& read) {
    T value{};
    if (read(native_type<T>(), &value) < 0) {
        return std::nullopt;
    }
    return fmt::format("{}", value);
}

std::optional<std::string> plain(const Type& type, const Space& space, std::uint64_t limit,
                                 const ReadInto& read) {
    if (H5Sget_simple_extent_npoints(space.id()) != 1 || H5Tget_size(type.id()) > limit) {
        return std::nullopt;
    }
    switch (H5Tget_class(type.id())) {
        case H5T_INTEGER:
            return number_of<std::int64_t>(read);
        case H5T_FLOAT:
            return number_of<double>(read);
        case H5T_STRING: {
            const auto texts = texts_of(type, space, read);
            return texts ? std::optional{texts->front()} : std::nullopt;
        }
        default:
            return std::nullopt;
    }
}

}  // namespace

std::optional<std::vector<std::string>> texts_of(const Type& type, const Space& space, const ReadInto& read) {
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

std::optional<std::string> plain_value(const Attribute& attribute, std::uint64_t limit) {
    const Type type{H5Aget_type(attribute.id())};
    const Space space{H5Aget_space(attribute.id())};
    return plain(type, space, limit,
                 [&](hid_t memory, void* out) { return H5Aread(attribute.id(), memory, out); });
}

std::optional<std::string> plain_value(const Dataset& dataset, std::uint64_t limit) {
    const Type type{H5Dget_type(dataset.id())};
    const Space space{H5Dget_space(dataset.id())};
    return plain(type, space, limit, [&](hid_t memory, void* out) {
        return H5Dread(dataset.id(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, out);
    });
}

}  // namespace sslslr::io::hdf5
