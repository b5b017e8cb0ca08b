#include "io/metrics_file.hpp"

#include <string>

#include <nlohmann/json.hpp>

#include "io/data_error.hpp"

namespace sslslr::io {
namespace {

/// The rows to keep, as they stand.
std::string rows_through(const std::filesystem::path& path, std::int64_t last_step) {
    std::ifstream file{path};
    std::string kept;
    for (std::string line; std::getline(file, line);) {
        const auto row = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
        if (row.is_object() && row.contains("step") && row["step"].is_number_integer() &&
            row["step"] <= last_step) {
            kept += line + '\n';
        }
    }
    return kept;
}

}  // namespace

MetricsFile::MetricsFile(const std::filesystem::path& path, std::int64_t last_step) : path_{path} {
    if (const auto kept = rows_through(path, last_step); std::filesystem::exists(path)) {
        const auto draft = std::filesystem::path{path} += ".tmp";
        std::ofstream{draft} << kept;
        std::filesystem::rename(draft, path);
    }
    file_.open(path, std::ios::app);
    if (!file_) {
        throw DataError{path, "cannot be written: check the folder's permissions and free space"};
    }
}

void MetricsFile::append(const nlohmann::json& row) {
    file_ << row.dump() << std::endl;
    if (!file_) {
        throw DataError{path_,
                        "a row could not be written: check the free space and quota of its file system"};
    }
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
