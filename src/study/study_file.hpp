#pragma once

#include <string>

#include "src/study/study_spec.hpp"

namespace sslslr {

/// Reads a study file: INI sections as the comment of configs/study/examples.ini explains them.
/// @param path       for errors
/// @param is_stored  the text is that of a plan, which may hold options that were removed since
/// @throws ConfigError  names file, section, line and key: unknown, missing, of a wrong value, or of no use
StudySpec parse_study(const std::string& text, const std::string& path, bool is_stored = false);

/// The text of a file. @throws ConfigError  it cannot be read
std::string study_text(const std::string& path);

}  // namespace sslslr
