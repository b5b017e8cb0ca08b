#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/frozen_file.hpp"

// The names that scripts rely on, as lines of text that are compared with those kept in tests/launch/frozen.
namespace sslslr::test {

/// Names, each with those that have it: methods that write a dataset, protocols that write a key.
class FrozenNames {
public:
    void add(const std::string& name, const std::string& owner = "") {
        auto& found = owners_[name];
        if (std::ranges::find(found, owner) == found.end()) {
            found.push_back(owner);
        }
        all_.insert(owner);
    }
    void add_all(const std::set<std::string>& names, const std::string& owner = "") {
        for (const auto& name : names) {
            add(name, owner);
        }
    }
    /// A titled list, a name a line; owners follow names that not all of them have.
    std::string text(const std::string& title) const {
        auto text = "[" + title + "]\n";
        for (const auto& [name, owners] : owners_) {
            text += name;
            for (const auto& owner : owners.size() < all_.size() ? owners : std::vector<std::string>{}) {
                text += (owner == owners.front() ? "    only: " : " ") + owner;
            }
            text += '\n';
        }
        return text + '\n';
    }

private:
    std::map<std::string, std::vector<std::string>> owners_;
    std::set<std::string> all_;
};

/// Paths of all keys, "rows[].top1.mean"; with their values where they say the version of a format.
/// @param by_name  objects whose keys are names of the data, shown as *
inline void add_keys(const nlohmann::json& json, const std::string& at, const std::set<std::string>& by_name,
                     std::set<std::string>& keys) {
    if (json.is_array()) {
        for (const auto& each : json) {
            add_keys(each, at + "[]", by_name, keys);
        }
    } else if (json.is_object()) {
        for (const auto& [key, value] : json.items()) {
            const auto name = by_name.contains(at) ? "*" : key;
            const auto path = at.empty() ? name : at + "." + name;
            const bool is_version =
                key == "schema" || key == "format" || (key == "version" && !value.is_string());
            keys.insert(is_version ? path + " = " + value.dump() : path);
            add_keys(value, path, by_name, keys);
        }
    }
}
inline std::set<std::string> keys_of(const nlohmann::json& json, const std::set<std::string>& by_name = {}) {
    std::set<std::string> keys;
    add_keys(json, "", by_name, keys);
    return keys;
}

inline nlohmann::json json_in(const std::filesystem::path& file) {
    return nlohmann::json::parse(std::ifstream{file});
}
/// Keys of the records of a file with one a line. @param checksum_characters  before each record
inline std::set<std::string> keys_of_lines(const std::filesystem::path& file, std::size_t checksum_characters,
                                           const std::set<std::string>& by_name = {}) {
    std::set<std::string> keys;
    std::ifstream stream{file};
    for (std::string line; std::getline(stream, line);) {
        keys.merge(keys_of(nlohmann::json::parse(line.substr(checksum_characters)), by_name));
    }
    return keys;
}

/// Files and folders below a folder, job ids shown as JOB.
inline std::set<std::string> files_in(const std::filesystem::path& folder) {
    static const std::regex job_id{"[0-9a-f]{16,32}"};
    std::set<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
        const auto name =
            entry.path().lexically_relative(folder).string() + (entry.is_directory() ? "/" : "");
        files.insert(std::regex_replace(name, job_id, "JOB"));
    }
    return files;
}

/// Options that a --help lists, "--epochs arg (=100)" each, "command " before.
inline std::set<std::string> options_in(const std::string& command, const std::string& help) {
    static const std::regex line_of_option{
        R"(^  (?:-\w \[ )?(--[A-Za-z0-9-]+)(?: \])?( \[=arg\(=true\)\]| arg)?(?: \(=(.*?)\))?(?: .*)?$)"};
    std::set<std::string> options;
    std::istringstream lines{help};
    std::smatch match;
    for (std::string line; std::getline(lines, line);) {
        if (std::regex_match(line, match, line_of_option)) {
            options.insert(command + " " + match[1].str() + match[2].str() +
                           (match[3].matched ? " (=" + match[3].str() + ")" : ""));
        }
    }
    return options;
}

/// Compares with what tests/launch/frozen/NAME.txt holds, or writes it where SSLSLR_REWRITE_FROZEN is set.
inline void expect_frozen(const std::string& name, const std::string& text) {
    expect_frozen_file(
        std::filesystem::path{SSLSLR_SOURCE_DIR} / "tests" / "launch" / "frozen" / (name + ".txt"), text,
        "Scripts of users rely on these names. If the change is meant, tell users");
}

}  // namespace sslslr::test
