#include "src/data/memory_limit.hpp"

#include <algorithm>
#include <fstream>
#include <optional>
#include <regex>
#include <string>

#include "src/errors.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t unlimited = std::int64_t{1} << 62;

/// Returns the number that follows `name` in a file of lines "name number ...".
std::optional<std::int64_t> entry_of(const fs::path& file, const std::string& name) {
    std::ifstream stream{file};
    for (std::string word; stream >> word;) {
        std::int64_t value = 0;
        if (word == name && stream >> value) {
            return value;
        }
    }
    return std::nullopt;
}

/// Reads a file that holds one number; returns nothing for other content, such as "max".
std::optional<std::int64_t> number_in(const fs::path& file) {
    std::ifstream stream{file};
    std::int64_t value = 0;
    return stream >> value ? std::optional{value} : std::nullopt;
}

struct ControlFiles {
    const char* limit;
    const char* use;
    const char* cache;  ///< entry of memory.stat: page cache, which the system can reclaim
};
constexpr ControlFiles version_1{"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"};
constexpr ControlFiles version_2{"memory.max", "memory.current", "inactive_file"};

/// Returns the memory that a control group and its ancestors leave.
std::int64_t left_by(const fs::path& mount, fs::path group, const ControlFiles& files) {
    std::int64_t left = unlimited;
    for (bool is_root = false; !is_root; group = group.parent_path()) {
        is_root = group.empty();
        const auto folder = mount / group;
        const auto limit = number_in(folder / files.limit);
        const auto use = number_in(folder / files.use);
        if (limit && use) {
            const auto cache = entry_of(folder / "memory.stat", files.cache).value_or(0);
            left = std::min(left, std::max<std::int64_t>(*limit - *use + cache, 0));
        }
    }
    return left;
}

}  // namespace

std::int64_t parse_bytes(io::Setting option, const std::string& text) {
    static const std::regex pattern{R"((\d{1,18})([KMGT]?))"};
    static const std::string suffixes = "KMGT";
    std::smatch match;
    if (std::regex_match(text, match, pattern)) {
        const auto number = std::stoll(match[1]);
        const auto shift = match[2].length() == 0 ? 0 : 10 * (static_cast<int>(suffixes.find(match[2])) + 1);
        if (number <= (unlimited >> shift)) {
            return number << shift;
        }
    }
    throw ConfigError{io::setting(option, text) +
                      ": expected bytes, or powers of 1024 with K, M, G or T, such as 16G"};
}

std::int64_t free_memory(const fs::path& root) {
    auto left = unlimited;
    if (const auto kibibytes = entry_of(root / "proc/meminfo", "MemAvailable:")) {
        left = *kibibytes * 1024;
    }
    // Lines "0::/group" (version 2) or "4:memory:/group" (version 1). In a container the group's own folder
    // may be the mount itself.
    std::ifstream groups{root / "proc/self/cgroup"};
    for (std::string line; std::getline(groups, line);) {
        const auto path = line.find(":/");
        if (path == std::string::npos) {
            continue;
        }
        const fs::path group = line.substr(path + 2);
        const auto mount = root / "sys/fs/cgroup";
        if (line.starts_with("0::")) {
            left = std::min(left, left_by(mount, group, version_2));
        } else if (line.find(":memory:") != std::string::npos) {
            left = std::min(left, left_by(mount / "memory", group, version_1));
        }
    }
    return left;
}

}  // namespace sslslr
