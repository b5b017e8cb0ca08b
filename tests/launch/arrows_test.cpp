#include <algorithm>
#include <cctype>
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

/// For each folder, the folders that its files must not include from (the allowed directions are in
/// src/README.md).
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

/// The top-level folder of an included file, found as the compiler finds it: first beside the including file,
/// then from the root.
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

/// Whether an entry of the checkout's top level is neither hidden nor a build nor results.
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
    EXPECT_EQ(folder_of(root / "io/store/clip_store.hpp", "../../dist/group.hpp"), "dist");
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

/// A string literal of the program; adjacent literals are one, as for the compiler.
struct Literal {
    std::string text;
    std::string statement;  ///< the part of its statement before it
};

/// The end of a comment or character literal that begins at `at`; `at` if none does.
std::size_t after_what_is_no_literal(const std::string& code, std::size_t at) {
    if (code.compare(at, 2, "//") == 0) {
        return std::min(code.find('\n', at), code.size());
    }
    if (code.compare(at, 2, "/*") == 0) {
        return code.find("*/", at) + 2;
    }
    const bool separates_digits = at > 0 && std::isalnum(static_cast<unsigned char>(code[at - 1])) != 0;
    if (code[at] == '\'' && !separates_digits) {
        return code.find('\'', at + (code[at + 1] == '\\' ? 3 : 2)) + 1;
    }
    return at;
}

std::size_t end_of_literal(const std::string& code, std::size_t begin) {
    if (begin > 0 && code[begin - 1] == 'R') {
        const auto end = ")" + code.substr(begin + 1, code.find('(', begin) - begin - 1) + "\"";
        return code.find(end, begin) + end.size();
    }
    auto at = begin + 1;
    while (code[at] != '"') {
        at += code[at] == '\\' ? 2 : 1;
    }
    return at + 1;
}

std::vector<Literal> literals_in(const std::string& code) {
    std::vector<Literal> literals;
    std::size_t statement = 0;
    std::size_t last_end = std::string::npos;  // of a literal followed only by white space so far
    for (std::size_t at = 0; at < code.size();) {
        if (const auto next = after_what_is_no_literal(code, at); next != at) {
            at = next;
        } else if (code[at] == '"') {
            const auto end = end_of_literal(code, at);
            if (last_end == std::string::npos) {
                literals.push_back({"", code.substr(statement, at - statement)});
            }
            literals.back().text += code.substr(at + 1, end - at - 2);
            at = last_end = end;
        } else {
            const auto each = code[at++];
            if (std::isspace(static_cast<unsigned char>(each)) == 0) {
                last_end = std::string::npos;
            }
            if (each == ';' || each == '{' || each == '}') {
                statement = at;
            }
        }
    }
    return literals;
}

/// Whether a text names an option of the program as `--option` outside a whole command to type.
bool names_an_option(const Literal& literal) {
    static const std::regex declaration{R"(^\s*options\.)"};  // help texts belong to the command line
    static const std::regex command{R"(`[^`]*`|\bsslslr [^;,:)]*)"};
    static const std::regex of_containers{"--shm-size"};
    static const std::regex option{R"(--[a-z{])"};
    const auto text = std::regex_replace(std::regex_replace(literal.text, command, ""), of_containers, "");
    return std::regex_search(text, option) && !std::regex_search(literal.statement, declaration);
}

std::vector<std::string> options_named_in(const std::string& code) {
    std::vector<std::string> found;
    for (const auto& literal : literals_in(code)) {
        if (names_an_option(literal)) {
            found.push_back(literal.text);
        }
    }
    return found;
}

TEST(Sources, LogicNamesNoOptionOfTheCommandLine) {
    for (const std::string folder : {"io", "src"}) {
        for (const auto& file : sources(folder)) {
            if (file.lexically_relative(root / "src/settings").string().starts_with("..")) {
                std::ifstream stream{file};
                const std::string text{std::istreambuf_iterator<char>{stream}, {}};
                EXPECT_EQ(options_named_in(text), std::vector<std::string>{})
                    << file << ": io::setting() names it, which reads as an option or as an entry of a file";
            }
        }
    }
}

TEST(Sources, OptionsNamedInTextsAreFound) {
    using Texts = std::vector<std::string>;
    EXPECT_EQ(options_named_in(R"(fail("another "  // or "--none"
                                       "--data");)"),
              Texts{"another --data"});
    EXPECT_EQ(options_named_in(R"(fail('"', "--{} is", name); fail("a", "--b");)"),
              (Texts{"--{} is", "--b"}));
    EXPECT_EQ(options_named_in(R"(fail("--a: see sslslr merge --b, or --c");)"),
              Texts{"--a: see sslslr merge --b, or --c"});
    EXPECT_EQ(options_named_in(R"(fail("`sslslr merge --a` or sslslr split --b; 1 -- 2");)"), Texts{});
    EXPECT_EQ(options_named_in(R"(options.add("a", a, "as --b"); /* "--c" */)"), Texts{});
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
