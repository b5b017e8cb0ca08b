#include "src/settings/program.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "src/errors.hpp"
#include "tests/temporary_folder.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

class Codes : public testing::Test {
protected:
    std::string joined(const std::string& before, bool accepts) {
        return joined_codes(before, "the run in r", accepts, [&](const std::string& text) { said_ += text; });
    }
    std::string refusal(const std::string& before) {
        try {
            joined(before, false);
        } catch (const ConfigError& error) {
            return error.what();
        }
        return "";
    }

    std::string said_;
};

TEST_F(Codes, OnesOwnIsContinuedWithoutAWord) {
    EXPECT_EQ(joined(code_identity(), false), code_identity());
    EXPECT_EQ(joined("0123456789abcdef " + code_identity(), false), "0123456789abcdef " + code_identity());
    EXPECT_EQ(said_, "");
}

TEST_F(Codes, AnotherIsRefusedWithBothNamesAndTheWayOut) {
    const auto text = refusal("0123456789abcdef");

    for (const auto& part : {std::string{"the run in r"}, std::string{"0123456789abcdef"}, code_identity(),
                             std::string{"--accept-other-code"}}) {
        EXPECT_TRUE(holds(text, part)) << text;
    }
    EXPECT_TRUE(holds(
        text,
        "the run in r holds results of code 0123456789abcdef, and this program's code is " + code_identity()))
        << text;
    EXPECT_TRUE(holds(refusal(""), "code unknown")) << refusal("");
}

TEST_F(Codes, AllThatHaveContributedAreNamed) {
    const auto text = refusal("0123456789abcdef fedcba9876543210");

    EXPECT_TRUE(holds(text, "of code 0123456789abcdef, fedcba9876543210, and this program's")) << text;
}

TEST_F(Codes, AnotherThatIsAcceptedIsToldAndRecorded) {
    EXPECT_EQ(joined("0123456789abcdef", true), "0123456789abcdef " + code_identity());
    EXPECT_TRUE(holds(said_, "0123456789abcdef")) << said_;
    EXPECT_TRUE(holds(said_, ": continuing, as --accept-other-code asks")) << said_;
    EXPECT_EQ(joined("", true), "unknown " + code_identity());
}

/// The hash that the build computes of the sources, here of synthetic sources.
class SourceIdentity : public test::FolderTest {
protected:
    /// Runs the program that writes the header; returns its exit code.
    int hash(const std::string& header, const std::string& sources) const {
        const auto status = std::system((SSLSLR_SOURCE_IDENTITY " " + header + " " + sources).c_str());
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    std::string of(const std::string& code, const std::string& more = "int second;\n") {
        std::ofstream{folder_ / "a.cpp"} << code;
        std::ofstream{folder_ / "b.cpp"} << more;
        const auto header = (folder_ / "identity.hpp").string();
        EXPECT_EQ(hash(header, (folder_ / "a.cpp").string() + " " + (folder_ / "b.cpp").string()), 0);
        std::ifstream stream{header};
        return {std::istreambuf_iterator<char>{stream}, {}};
    }
};

TEST_F(SourceIdentity, CommentsAndFormattingDoNotCount) {
    const auto plain = of("int f(int a) { return a + 1; }\nconst char* t = \"// no  comment\";\n");

    EXPECT_EQ(plain.size(), std::string{"#define SSLSLR_CODE_IDENTITY \"0123456789abcdef\"\n"}.size())
        << plain;
    EXPECT_EQ(of("/* what\n f is */ int f( int a ) {\n    return a+1;  // one more\n}\n"
                 "const char* t =\n    \"// no  comment\";"),
              plain);
    EXPECT_EQ(of("int second;\n", "int f(int a) { return a + 1; }\nconst char* t = \"// no  comment\";\n"),
              plain);
}

TEST_F(SourceIdentity, TextsThatAFormatterSplitsAreOne) {
    const auto plain = of("const char* t = \"one two\";\n");

    EXPECT_EQ(of("const char* t =\n    \"one \"  // a line\n    \"two\";\n"), plain);
    EXPECT_NE(of("const char* t = \"onetwo\";\n"), plain);
    EXPECT_NE(of("const char* t[] = {\"one \", \"two\"};\n"), plain);
}

TEST_F(SourceIdentity, LinesOfIncludesDoNotCount) {
    const auto plain = of("int first;\n");

    EXPECT_EQ(of("#include <set>\n#include \"src/errors.hpp\"  // ConfigError\n\nint first;\n"), plain);
    EXPECT_EQ(of("#  include \"src/errors.hpp\"\n#include <set>\nint first;\n"), plain);
}

TEST_F(SourceIdentity, GapsThatACompilerNeedsCount) {
    EXPECT_NE(of("int c = a + +b;\n"), of("int c = a ++b;\n"));
    EXPECT_NE(of("int c = a - -b;\n"), of("int c = a --b;\n"));
    EXPECT_NE(of("#define F(x) 1\n"), of("#define F (x) 1\n"));
    EXPECT_NE(of("#define A 1\nB\n"), of("#define A 1 B\n"));
    EXPECT_EQ(of("#define A 1 \\\n    B  // both\n"), of("#define A  1 B\n"));
}

TEST_F(SourceIdentity, WhatCannotBeReadOrWrittenIsAnError) {
    of("int first;\n");
    const auto source = (folder_ / "a.cpp").string();

    EXPECT_EQ(hash((folder_ / "new.hpp").string(), source + " " + (folder_ / "none.cpp").string()), 1);
    EXPECT_FALSE(fs::exists(folder_ / "new.hpp"));
    EXPECT_EQ(hash((folder_ / "none/new.hpp").string(), source), 1);
    EXPECT_EQ(hash((folder_ / "new.hpp").string(), ""), 1);
}

TEST_F(SourceIdentity, WhateverACompilerSeesCounts) {
    const auto plain = of("int f() { return 10'000; } // \"\nconst char* t = \"a  b\"; char c = '\"';\n");

    EXPECT_NE(of("int f() { return 10'001; }\nconst char* t = \"a  b\"; char c = '\"';\n"), plain);
    EXPECT_NE(of("int f() { return 10'000; }\nconst char* t = \"a b\"; char c = '\"';\n"), plain);
    EXPECT_NE(of("intf() { return 10'000; }\nconst char* t = \"a  b\"; char c = '\"';\n"), plain);
    EXPECT_NE(of("auto r = R\"(a // b)\";"), of("auto r = R\"(a // c)\";"));
}

class Home : public testing::Test {
protected:
    void SetUp() override { unsetenv("SSLSLR_HOME"); }
    void TearDown() override { unsetenv("SSLSLR_HOME"); }
};

TEST_F(Home, FilesAreFoundAboveTheExecutable) {
    EXPECT_TRUE(fs::exists(file_of_program("src/report/study_report.py")));
}

TEST_F(Home, IsTheFolderThatTheEnvironmentNames) {
    setenv("SSLSLR_HOME", "/nowhere", 1);

    try {
        file_of_program("src/report/study_report.py");
        FAIL() << "found a file in a folder that is not there";
    } catch (const ConfigError& error) {
        EXPECT_TRUE(holds(error.what(), "SSLSLR_HOME=/nowhere")) << error.what();
    }
}

}  // namespace
}  // namespace sslslr
