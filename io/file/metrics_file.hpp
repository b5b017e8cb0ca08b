#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "io/file/posix_file.hpp"

namespace sslslr::io {

/// A file of JSON lines, one per training step, that survives a killed writer.
class MetricsFile {
public:
    /// Opens the file for appending, creating it if missing. First drops rows of steps after `last_step`
    /// (written after the checkpoint that the run resumes from) and a torn last line.
    /// @throws DataError  the file cannot be written
    MetricsFile(const std::filesystem::path& path, std::int64_t last_step);

    /// Appends one row and hands it to the operating system. @param row  an object with an integer "step"
    /// @throws DataError  the system refuses (a full disk); the row is kept and written with the next one
    void append(const nlohmann::json& row);

    /// Writes the rows that append() could not. @throws DataError  they still cannot be written
    void flush();

private:
    PosixFile file_;
    std::uint64_t end_ = 0;  ///< offset behind the rows known to be written
    std::string unwritten_;
};

/// Returns the rows of a file whose writer has ended, in order; empty if there is no file.
std::vector<nlohmann::json> read_metrics(const std::filesystem::path& path);

}  // namespace sslslr::io
