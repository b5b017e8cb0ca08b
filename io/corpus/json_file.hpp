#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

namespace sslslr::io {

/// Reads a JSON file. Values nested deeper than 32 levels, which no list of clips has, are dropped.
/// @throws DataError  not JSON, not in UTF-8, or the top-level object has a key twice
nlohmann::json read_json(const std::filesystem::path& path);

}  // namespace sslslr::io
