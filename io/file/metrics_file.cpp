#include "io/file/metrics_file.hpp"

#include <fstream>
#include <span>
#include <string>

#include <nlohmann/json.hpp>

#include "io/file/json_text.hpp"

namespace sslslr::io {
namespace {

/// Returns the length of the rows up to `last_step`. Steps ascend, so the rows to drop are the last ones.
std::uint64_t bytes_through(const std::filesystem::path& path, std::int64_t last_step) {
    std::ifstream file{path};
    std::uint64_t bytes = 0;
    for (std::string line; std::getline(file, line) && !file.eof();) {
        const auto row = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
        if (!row.is_object() || !row.contains("step") || !row["step"].is_number_integer() ||
            row["step"] > last_step) {
            break;
        }
        bytes += line.size() + 1;
    }
    return bytes;
}

}  // namespace

MetricsFile::MetricsFile(const std::filesystem::path& path, std::int64_t last_step)
    : file_{path, PosixFile::Access::create}, end_{bytes_through(path, last_step)} {
    file_.truncate(end_);
}

void MetricsFile::append(const nlohmann::json& row) {
    unwritten_ += json_text(row) + '\n';
    flush();
}

void MetricsFile::flush() {
    file_.write(end_, std::as_bytes(std::span{unwritten_}));
    end_ += unwritten_.size();
    unwritten_.clear();
}

std::vector<nlohmann::json> read_metrics(const std::filesystem::path& path) {
    std::ifstream file{path};
    std::vector<nlohmann::json> rows;
    for (std::string line; std::getline(file, line);) {
        rows.push_back(nlohmann::json::parse(line));
    }
    return rows;
}

}  // namespace sslslr::io
