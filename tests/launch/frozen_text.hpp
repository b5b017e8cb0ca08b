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

// The names that scripts rely on, as lines of text to compare with the lists in tests/launch/frozen.
namespace sslslr::test {

/// Names, each with its owners, such as the methods that write a dataset or the protocols that write a key.
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
    /// A titled list with one name per line. A name that only some owners have is followed by them.
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

/// Adds the paths of all keys, such as "rows[].top1.mean". Keys that hold the version of a format get their
/// value, too.
/// @param by_name  objects whose keys are names from the data, shown as *
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
/// The keys of a file with one JSON record per line.
/// @param checksum_characters  in front of each record
inline std::set<std::string> keys_of_lines(const std::filesystem::path& file, std::size_t checksum_characters,
                                           const std::set<std::string>& by_name = {}) {
    std::set<std::string> keys;
    std::ifstream stream{file};
    for (std::string line; std::getline(stream, line);) {
        keys.merge(keys_of(nlohmann::json::parse(line.substr(checksum_characters)), by_name));
    }
    return keys;
}

/// Files and folders below a folder, with job ids shown as JOB.
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

/// The options that a --help lists, each as "COMMAND --epochs arg (=100)".
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

/// Compares with tests/launch/frozen/NAME.txt, or writes that file if SSLSLR_REWRITE_FROZEN is set.
inline void expect_frozen(const std::string& name, const std::string& text) {
    expect_frozen_file(
        std::filesystem::path{SSLSLR_SOURCE_DIR} / "tests" / "launch" / "frozen" / (name + ".txt"), text,
        "Scripts of users rely on these names. If the change is meant, tell users");
}

}  // namespace sslslr::test
