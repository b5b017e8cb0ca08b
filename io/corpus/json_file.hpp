#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

namespace sslslr::io {

/// The value of a JSON file; what is nested deeper than any list of clips is dropped.
/// @throws DataError  no JSON, not in UTF-8, or an object at the top names something twice
nlohmann::json read_json(const std::filesystem::path& path);

}  // namespace sslslr::io
