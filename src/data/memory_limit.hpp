#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "io/file/setting.hpp"

namespace sslslr {

/// Reads an amount of memory: bytes, or with K, M, G or T behind the number that many powers of 1024.
///
/// @param option  the name to blame
/// @throws ConfigError  anything else, or more than 2^62 bytes
std::int64_t parse_bytes(io::Setting option, const std::string& text);

/// The memory that processes of this node may still take: what the system calls available, or less where a control
/// group leaves less to this process. Differs from call to call, and from node to node.
///
/// @param root  where proc and sys lie; another folder in tests
/// @return bytes; 2^62 if nothing tells
std::int64_t free_memory(const std::filesystem::path& root = "/");

}  // namespace sslslr
