#include "io/file/json_text.hpp"

#include <system_error>

#include "io/file/posix_file.hpp"

namespace sslslr::io {

void write_json(const std::filesystem::path& path, const nlohmann::json& value) {
    std::error_code ignored;  // write_text() reports the problem
    std::filesystem::create_directories(path.parent_path(), ignored);
    write_text(path, json_text(value, 2));
}

}  // namespace sslslr::io
