#pragma once

#include <string>

namespace sslslr {

/// Returns the text of src/export/encoder.py, the reader that is part of every export.
const std::string& encoder_source();

}  // namespace sslslr
