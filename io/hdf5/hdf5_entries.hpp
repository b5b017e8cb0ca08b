#pragma once

#include <string>
#include <vector>

#include "io/hdf5/hdf5.hpp"

namespace sslslr::io::hdf5 {

enum class EntryKind { dataset, group, named_type, unreachable };

/// A link of a group and its target.
struct Entry {
    std::string name;
    EntryKind kind = EntryKind::unreachable;
    std::string identity{};  ///< equal for all links to one object, different for different objects
    std::string problem{};   ///< if unreachable: what kind of link it is and where it leads
};

/// Returns the identity of an open object (see Entry).
std::string identity_of(hid_t object);

/// Appends the links of an open group to `entries`, sorted by name.
/// @return false if the library cannot list them
bool list_entries(const Group& group, std::vector<Entry>& entries);

}  // namespace sslslr::io::hdf5
