// The setting names in texts of io and src, compared with the options that commands have.
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "io/file/setting.hpp"

namespace sslslr {
namespace {

/// The options of all commands: the frozen ones and one that is not frozen.
std::set<std::string> options() {
    std::set<std::string> options{"fault"};  // for tests, so no help lists it
    static const std::regex line_of_option{R"(^[a-z ]+ --([a-z0-9-]+)( .*)?$)"};
    std::ifstream file{SSLSLR_SOURCE_DIR "/tests/launch/frozen/options.txt"};
    std::smatch match;
    for (std::string line; std::getline(file, line);) {
        if (std::regex_match(line, match, line_of_option)) {
            options.insert(match[1]);
        }
    }
    return options;
}

TEST(SettingNames, AreOptionsOfSomeCommand) {
    const auto known = options();
    ASSERT_GT(known.size(), 100U);

    for (const auto name : io::setting_names) {
        EXPECT_TRUE(known.contains(std::string{name})) << name;
    }
}

}  // namespace
}  // namespace sslslr
