#pragma once

#include <string>

#include "src/study/study_spec.hpp"

namespace sslslr {

/// Reads a study file: INI sections as the comment of configs/study/examples.ini explains them.
/// @param path       for error messages
/// @param is_stored  the text is that of a plan, which may hold options that were removed since
/// @throws ConfigError  a key is unknown, missing, of no use or has a wrong value; names file, section, line
///                      and key
StudySpec parse_study(const std::string& text, const std::string& path, bool is_stored = false);

/// Returns the text of a study file. @throws ConfigError  `path` is empty, or the file cannot be read
std::string study_text(const std::string& path);

}  // namespace sslslr
