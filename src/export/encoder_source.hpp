#pragma once

#include <string>

namespace sslslr {

/// The text of src/export/encoder.py, the reader that goes with every export.
const std::string& encoder_source();

}  // namespace sslslr
