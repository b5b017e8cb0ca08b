#pragma once

#include <string>

namespace sslslr::io {

/// The version of the HDF5 library that is loaded, e.g. "1.10.8".
std::string hdf5_version();

}  // namespace sslslr::io
