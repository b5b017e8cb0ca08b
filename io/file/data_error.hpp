#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

namespace sslslr::io {

/// A file that is missing, damaged or not of the expected form. what() names the file, the object in it, what
/// was expected and what was found.
struct DataError : std::runtime_error {
    DataError(const std::filesystem::path& file, const std::string& problem)
        : std::runtime_error{file.string() + ": " + problem} {}
    /// Takes a complete message, for example the what() of another DataError with a hint appended.
    explicit DataError(const std::string& message) : std::runtime_error{message} {}
};

}  // namespace sslslr::io
