#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "io/hdf5/hdf5.hpp"

namespace sslslr::io::hdf5 {

/// Reads all values of a dataset or an attribute into a buffer, converted to a type in memory.
using ReadInto = std::function<herr_t(hid_t memory_type, void* out)>;

/// Returns texts of fixed or variable length; nothing if the library cannot read them.
std::optional<std::vector<std::string>> texts_of(const Type& type, const Space& space, const ReadInto& read);

/// Returns an attribute or a dataset of one text or one number, as text; nothing if it holds anything else.
/// @param limit  bytes; a value that claims more is damaged, and gives nothing
std::optional<std::string> plain_value(const Attribute& attribute, std::uint64_t limit);
std::optional<std::string> plain_value(const Dataset& dataset, std::uint64_t limit);

}  // namespace sslslr::io::hdf5
