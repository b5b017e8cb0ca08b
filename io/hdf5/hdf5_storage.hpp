#pragma once

#include <filesystem>
#include <string>

#include "io/hdf5/hdf5.hpp"

// Where the values of a dataset are: libhdf5 reads zeros, without an error, for what is not there.
namespace sslslr::io::hdf5 {

/// The file that an open object belongs to: another than the one that was opened if an external link led to it.
std::filesystem::path file_of(hid_t object);

/// Whether a dataset only refers to others, in this or other files.
bool is_virtual(const Dataset& dataset);

/// Empty, or what is wrong with a dataset whose values are outside its own file: it is virtual, and a source is missing,
/// is smaller than what is mapped from it, or some values have no source; or it is stored in raw external files, of which
/// HDF5 keeps no length. Sources of sources are checked, too.
std::string problem_of_sources(const Dataset& dataset);

/// Empty, or how much of a dataset of the default fill value was never written, as after an interrupted writer. One
/// whose fill value was chosen may have gaps: they hold what was chosen.
std::string problem_of_gaps(const Dataset& dataset);

/// Empty, or the filter that a dataset was compressed with and that libhdf5 lacks here, and how to rewrite it.
std::string problem_of_filters(const Dataset& dataset);

}  // namespace sslslr::io::hdf5
