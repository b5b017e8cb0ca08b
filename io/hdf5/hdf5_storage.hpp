#pragma once

#include <filesystem>
#include <string>

#include "io/hdf5/hdf5.hpp"

// Checks that the values of a dataset are present: libhdf5 silently reads missing ones as fill values.
namespace sslslr::io::hdf5 {

/// Returns the file that holds an open object. It differs from the opened file if an external link led there.
std::filesystem::path file_of(hid_t object);

/// Whether a dataset is virtual: its values are those of other datasets, in this or other files.
bool is_virtual(const Dataset& dataset);

/// Returns what is wrong with a dataset whose values are outside its own file; empty if nothing is.
///
/// Problems of a virtual dataset: a source is missing, a source is smaller than the part mapped from it, or
/// some values have no source. Sources that are virtual themselves are checked, too. A dataset in raw
/// external files is always a problem, because HDF5 checks neither their presence nor their length.
std::string problem_of_sources(const Dataset& dataset);

/// Returns how much of a dataset was never written, as after an interrupted writer; empty if it is complete.
/// A dataset with a fill value of its own may have gaps: they hold that value.
std::string problem_of_gaps(const Dataset& dataset);

/// Returns which of a dataset's filters this libhdf5 lacks and how to rewrite the dataset; empty if none.
std::string problem_of_filters(const Dataset& dataset);

}  // namespace sslslr::io::hdf5
