#include "io/corpus/json_file.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "io/corpus/text_table.hpp"
#include "io/file/data_error.hpp"

namespace sslslr::io {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int deepest_json = 32;

}  // namespace

json read_json(const fs::path& path) {
    const auto text = read_utf8(path);
    // Deeper values are dropped: lists of clips have none, and some functions of the library recurse.
    std::set<std::string> keys;  // of the top-level object; the library would keep the last of equal keys
    const auto check = [&](int depth, json::parse_event_t event, json& value) {
        if (event == json::parse_event_t::key && depth == 1 &&
            !keys.insert(value.get<std::string>()).second) {
            throw DataError{
                path, fmt::format("expected each name once, found '{}' again", value.get<std::string>())};
        }
        return depth <= deepest_json;
    };
    try {
        return json::parse(text, check);
    } catch (const json::exception& error) {
        const auto* const at = dynamic_cast<const json::parse_error*>(&error);
        const auto byte = at == nullptr ? 0 : std::min(at->byte, text.size());
        const auto line =
            std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(byte), '\n') + 1;
        const bool is_nan = byte > 0 && text.compare(byte - 1, 3, "NaN") == 0;
        throw DataError{path, fmt::format("expected JSON, found other text at line {}: {}", line,
                                          is_nan ? "JSON has no NaN, although Python writes it: write null"
                                                 : "is the file cut off?")};
    }
}

}  // namespace sslslr::io
