#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace sslslr::io {

/// The text of a JSON value. Never throws for what the value holds: bytes that are not UTF-8, as paths may
/// have, become U+FFFD, so that no result is lost when it is written.
/// @param indent  spaces a level; -1: all on one line
template <class Json = nlohmann::json>
std::string json_text(const Json& value, int indent = -1) {
    return value.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Its JSON; null without a value.
template <class T>
nlohmann::json json_or_null(const std::optional<T>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json{};
}

/// Writes to a temporary name and renames; makes the folder. @throws DataError  the file system refuses
void write_json(const std::filesystem::path& path, const nlohmann::json& value);

}  // namespace sslslr::io
