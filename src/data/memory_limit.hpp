#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "io/file/setting.hpp"

namespace sslslr {

/// Parses an amount of memory: a number of bytes, or of powers of 1024 if followed by K, M, G or T.
///
/// @param option  the option to name in the error
/// @throws ConfigError  any other text, or more than 2^62 bytes
std::int64_t parse_bytes(io::Setting option, const std::string& text);

/// Returns the memory that processes of this node may still take: what the system reports as available, or
/// less if a control group leaves less to this process. Differs from call to call and from node to node.
///
/// @param root  the folder that holds proc and sys; tests pass another one
/// @return bytes; 2^62 if neither the system nor a control group states a limit
std::int64_t free_memory(const std::filesystem::path& root = "/");

}  // namespace sslslr
