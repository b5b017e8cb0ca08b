#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/launch/frozen_text.hpp"
#include "tests/launch/program.hpp"

namespace sslslr::test {

using Json = nlohmann::json;

/// Options of the smallest possible trainings.
inline const std::string tiny = " --blocks 1 --width 8 --heads 2 --frames 16 --global-batch 90 ";

/// Runs commands of the program and lists the names that they print.
class Frozen : public ProgramTest {
protected:
    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    std::string done(const std::string& arguments) const {
        const auto outcome = run("sh -c 'cd " + folder_.string() + " && " + program(1, arguments) + "'");
        EXPECT_EQ(outcome.exit_code, 0) << arguments << '\n' << outcome.output;
        return outcome.output;
    }
    /// The JSON that a command prints, without warnings before it.
    Json json(const std::string& arguments) const {
        const auto output = done(arguments + " --json");
        const auto start = output.find_first_of("{[");
        return Json::parse(output.substr(std::min(start, output.size())), nullptr, false);
    }
    /// The keys of the JSON of several commands, one list per command.
    std::string keys_of_each(const std::vector<std::pair<std::string, std::string>>& commands) const {
        std::string text;
        for (const auto& [title, arguments] : commands) {
            text += list(title, keys_of(json(arguments)));
        }
        return text;
    }
    static std::string list(const std::string& title, const std::set<std::string>& lines) {
        FrozenNames names;
        names.add_all(lines);
        return names.text(title);
    }
};

}  // namespace sslslr::test
