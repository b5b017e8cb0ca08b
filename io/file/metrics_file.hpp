#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "io/file/posix_file.hpp"

namespace sslslr::io {

/// A file of JSON lines, one a training step, that survives a killed writer.
class MetricsFile {
public:
    /// Opens for appending. Rows beyond `last_step` (written after the checkpoint that a run goes on from)
    /// and a torn last line are dropped first.
    /// @throws DataError  the file cannot be written
    MetricsFile(const std::filesystem::path& path, std::int64_t last_step);

    /// Appends one row and hands it to the operating system. @param row  an object with an integer "step"
    /// @throws DataError  the system refuses (a full disk); the row is kept and goes with the next one that can be written
    void append(const nlohmann::json& row);

    /// Writes what append() could not. @throws DataError  it still cannot
    void flush();

private:
    PosixFile file_;
    std::uint64_t end_ = 0;  ///< of what is known to be written
    std::string unwritten_;
};

/// The rows of a file whose writer has ended, in their order; none if there is no file.
std::vector<nlohmann::json> read_metrics(const std::filesystem::path& path);

}  // namespace sslslr::io
