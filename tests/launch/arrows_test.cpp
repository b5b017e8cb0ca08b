#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

namespace fs = std::filesystem;

const fs::path root{SSLSLR_SOURCE_DIR};

/// Folders that files of the folder must not include from; the arrows of the README's tour the wrong way
/// round.
const std::map<std::string, std::set<std::string>> forbidden{
    {"io", {"dist", "src", "launch", "tests", "benchmarks"}},
    {"dist", {"io", "src", "launch", "tests", "benchmarks"}},
    {"src", {"launch", "tests", "benchmarks"}},
    {"launch", {"tests", "benchmarks"}},
    {"benchmarks", {"tests"}}};

bool is_source(const fs::path& file) {
    return file.extension() == ".hpp" || file.extension() == ".cpp";
}

std::vector<fs::path> sources(const std::string& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator{root / folder}) {
        if (is_source(entry.path())) {
            files.push_back(entry.path());
        }
    }
    return files;
}

/// The top-level folder that an include leads to, found as the compiler does: beside the file, then from the
/// root.
std::string folder_of(const fs::path& including_file, const std::string& included) {
    const auto beside = including_file.parent_path() / included;
    const auto found = fs::exists(beside) ? beside : root / included;
    return found.lexically_normal().lexically_relative(root).begin()->string();
}

std::vector<std::string> wrong_includes(const fs::path& file, const std::set<std::string>& folders) {
    static const std::regex include{R"(^\s*#\s*include\s*["<]([^">]+)[">])"};
    std::ifstream stream{file};
    std::vector<std::string> wrong;
    std::smatch match;
    for (std::string line; std::getline(stream, line);) {
        if (std::regex_search(line, match, include) && folders.contains(folder_of(file, match[1]))) {
            wrong.push_back(file.lexically_relative(root).string() + ": " + line);
        }
    }
    return wrong;
}

/// What git leaves out of the checkout's first level: builds and results.
bool is_visible(const std::string& name) {
    return !name.starts_with('.') && !name.starts_with("build") && name != "runs";
}

TEST(Arrows, NoIncludeGoesTheWrongWay) {
    for (const auto& [folder, folders] : forbidden) {
        for (const auto& file : sources(folder)) {
            EXPECT_EQ(wrong_includes(file, folders), std::vector<std::string>{});
        }
    }
}

TEST(Arrows, EveryFolderOfCodeHasSourcesToCheck) {
    for (const std::string folder : {"io", "dist", "src", "launch"}) {
        EXPECT_FALSE(sources(folder).empty()) << folder;
    }
}

TEST(Arrows, AWrongIncludeIsFoundByEitherSpelling) {
    EXPECT_EQ(folder_of(root / "io/store/clip_store.hpp", "dist/group.hpp"), "dist");
    EXPECT_EQ(folder_of(root / "io/store/clip_store.hpp", "../dist/group.hpp"), "dist");
    EXPECT_EQ(folder_of(root / "src/data/features.hpp", "packed_clips.hpp"), "src");
}

TEST(Sources, JsonIsWrittenByTheFunctionThatNoContentMakesThrow) {
    for (const std::string folder : {"io", "src", "launch"}) {
        for (const auto& file : sources(folder)) {
            std::ifstream stream{file};
            const std::string text{std::istreambuf_iterator<char>{stream}, {}};
            EXPECT_TRUE(text.find(".dump(") == std::string::npos || file.filename() == "json_text.hpp")
                << file << ": io::json_text() writes names that are not UTF-8, too";
        }
    }
}

TEST(TopLevel, HoldsNothingButWhatTheReadmeNames) {
    std::set<std::string> visible;
    for (const auto& entry : fs::directory_iterator{root}) {
        if (const auto name = entry.path().filename().string(); is_visible(name)) {
            visible.insert(name);
        }
    }

    const std::set<std::string> expected{"CMakeLists.txt",   "src",   "dist",       "io",        "launch",
                                         "configs",          "tests", "benchmarks", "README.md", "LICENSE",
                                         "CMakePresets.json"};
    EXPECT_EQ(visible, expected);
}

}  // namespace
