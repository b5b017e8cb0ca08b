#pragma once

#include <string>

namespace sslslr::io {

/// Returns the version of the loaded HDF5 library, for example "1.10.8".
std::string hdf5_version();

}  // namespace sslslr::io
