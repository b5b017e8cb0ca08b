#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

namespace sslslr::io {

/// A file that is not what it should be. what() names the file, the object in it, what was expected and what
/// was found.
struct DataError : std::runtime_error {
    DataError(const std::filesystem::path& file, const std::string& problem)
        : std::runtime_error{file.string() + ": " + problem} {}
    /// With a whole message: what() of another one and more.
    explicit DataError(const std::string& message) : std::runtime_error{message} {}
};

}  // namespace sslslr::io
