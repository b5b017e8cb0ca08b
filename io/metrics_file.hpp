#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace sslslr::io {

/// A file of JSON lines, one a training step, that survives a killed writer.
class MetricsFile {
public:
    /// Opens for appending. Rows beyond `last_step` (written after the checkpoint that a run goes on from)
    /// and a torn last line are dropped first.
    /// @throws DataError  the file cannot be written
    MetricsFile(const std::filesystem::path& path, std::int64_t last_step);

    /// Appends one row and hands it to the operating system. @param row  an object with an integer "step"
    void append(const nlohmann::json& row);

private:
    std::filesystem::path path_;
    std::ofstream file_;
};

/// The rows of a file whose writer has ended, in their order; none if there is no file.
std::vector<nlohmann::json> read_metrics(const std::filesystem::path& path);

}  // namespace sslslr::io
