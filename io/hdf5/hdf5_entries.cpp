#include "io/hdf5/hdf5_entries.hpp"

#include <cstring>

#include <fmt/format.h>

namespace sslslr::io::hdf5 {
namespace {

template <class T>
std::string bytes_of(const T& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

herr_t append_name(hid_t, const char* name, const H5L_info_t*, void* names) {
    static_cast<std::vector<std::string>*>(names)->emplace_back(name);
    return 0;
}

/// Explains why a link leads nowhere.
std::string problem_of_link(const Group& group, const std::string& name) {
    H5L_info_t info{};
    if (H5Lget_info(group.id(), name.c_str(), &info, H5P_DEFAULT) < 0 || info.type == H5L_TYPE_HARD) {
        return "expected a dataset or a group, found an object that cannot be opened";
    }
    std::string value(info.u.val_size + 1, '\0');  // ends with 0 even if the file's text does not
    H5Lget_val(group.id(), name.c_str(), value.data(), info.u.val_size, H5P_DEFAULT);
    unsigned flags = 0;
    const char* file = nullptr;
    const char* object = nullptr;
    if (info.type == H5L_TYPE_EXTERNAL &&
        H5Lunpack_elink_val(value.data(), info.u.val_size, &flags, &file, &object) >= 0) {
        return fmt::format(
            "expected a dataset or a group, found a link to {} in the file {}, which cannot be opened",
            object, file);
    }
    return fmt::format("expected a dataset or a group, found a link to {}, which is not there",
                       value.c_str());
}

EntryKind kind_of(const Object& object) {
    switch (H5Iget_type(object.id())) {
        case H5I_DATASET:
            return EntryKind::dataset;
        case H5I_GROUP:
            return EntryKind::group;
        case H5I_DATATYPE:
            return EntryKind::named_type;
        default:
            return EntryKind::unreachable;
    }
}

}  // namespace

#if H5_VERSION_GE(1, 12, 0)
std::string identity_of(hid_t object) {
    H5O_info2_t info{};
    H5Oget_info3(object, &info, H5O_INFO_BASIC);
    return bytes_of(info.fileno) + bytes_of(info.token);
}
#else
std::string identity_of(hid_t object) {
    H5O_info_t info{};
    H5Oget_info2(object, &info, H5O_INFO_BASIC);
    return bytes_of(info.fileno) + bytes_of(info.addr);
}
#endif

bool list_entries(const Group& group, std::vector<Entry>& entries) {
    std::vector<std::string> names;
    if (H5Literate(group.id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, append_name, &names) < 0) {
        return false;
    }
    for (auto& name : names) {
        const Object object{H5Oopen(group.id(), name.c_str(), H5P_DEFAULT)};
        Entry entry{.name = std::move(name)};
        if (object.is_valid()) {
            entry.kind = kind_of(object);
            entry.identity = identity_of(object.id());
        } else {
            entry.problem = problem_of_link(group, entry.name);
        }
        entries.push_back(std::move(entry));
    }
    return true;
}

}  // namespace sslslr::io::hdf5
