#pragma once

#include <string>
#include <vector>

#include "io/hdf5/hdf5.hpp"

namespace sslslr::io::hdf5 {

enum class EntryKind { dataset, group, named_type, unreachable };

/// What a link of a group leads to.
struct Entry {
    std::string name;
    EntryKind kind = EntryKind::unreachable;
    std::string
        identity{};         ///< the same for every link to one object of a file, another for any other object
    std::string problem{};  ///< of an unreachable one: what the link is and where it leads
};

/// What identifies an open object: see Entry.
std::string identity_of(hid_t object);

/// The links of an open group, by name.
/// @return false if the library cannot list them
bool list_entries(const Group& group, std::vector<Entry>& entries);

}  // namespace sslslr::io::hdf5
