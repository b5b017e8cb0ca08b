#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace sslslr::io {

/// Returns the text of a JSON value. Bytes that are not UTF-8, which paths may contain, become U+FFFD instead
/// of an exception, so that no result is lost when it is written.
/// @param indent  spaces per level; -1: all on one line
template <class Json = nlohmann::json>
std::string json_text(const Json& value, int indent = -1) {
    return value.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Returns the value as JSON, or null if there is none.
template <class T>
nlohmann::json json_or_null(const std::optional<T>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json{};
}

/// Writes a JSON file, indented by 2: whole or not at all (see write_text()). Creates its folder.
/// @throws DataError  the file system refuses
void write_json(const std::filesystem::path& path, const nlohmann::json& value);

}  // namespace sslslr::io
