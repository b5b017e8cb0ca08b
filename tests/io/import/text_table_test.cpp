#include "io/import/text_table.hpp"

#include <gtest/gtest.h>

#include "io/import/folder_tree.hpp"
#include "tests/io/import/corpus_files.hpp"
#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

class TextTableTest : public testing::Test {
protected:
    TextTable table(const std::string& text, char separator = ',', bool has_header = true) const {
        write_bytes(folder_ / "t.csv", text);
        return {folder_ / "t.csv", separator, has_header};
    }
    TemporaryFolder folder_;
};

TEST_F(TextTableTest, ReadsQuotedFieldsLineEndsOfAnySystemAndAByteOrderMark) {
    const auto read = table("\xEF\xBB\xBFParticipant ID,Gloss\r\nP1,\"A, \"\"B\"\"\nC\"\r\n\r\nP2,\n");

    ASSERT_EQ(read.rows(), 2U);
    EXPECT_EQ(read.row(0), (std::vector<std::string>{"P1", "A, \"B\"\nC"}));
    EXPECT_EQ(read.row(1), (std::vector<std::string>{"P2", ""}));
    EXPECT_EQ(read.column({"gloss"}), 1U);
    EXPECT_EQ(read.column({"signer", " participant id "}), 0U);
    EXPECT_FALSE(read.find({"split"}));
}

TEST_F(TextTableTest, ReadsRowsWithoutHeader) {
    const auto read = table("a/b|\xCE\x93\xCE\x95\nc/d|x", '|', false);
    ASSERT_EQ(read.rows(), 2U);
    EXPECT_EQ(read.row(0)[1], "\xCE\x93\xCE\x95");
}

TEST_F(TextTableTest, RefusesOddRowsOpenQuotesAndMissingColumns) {
    EXPECT_NE(error_of([&] {
                  table("a,b\n1,2\n3\n");
              }).find("row 3: expected 2 fields as in the first row, found 1"),
              std::string::npos);
    EXPECT_NE(
        error_of([&] { table("a,b\n1,\"2\n"); }).find("line 2: the quote that opens there is never closed"),
        std::string::npos);
    EXPECT_NE(error_of([&] {
                  table("a,b\n").column({"id", "clip"});
              }).find("expected a column named id or clip, found the columns a, b"),
              std::string::npos);
}

TEST(FolderTree, SortsDigitsByTheirNumber) {
    EXPECT_TRUE(naturally_less("2", "10"));
    EXPECT_FALSE(naturally_less("10", "2"));
    EXPECT_TRUE(naturally_less("a2b", "a10a"));
    EXPECT_TRUE(naturally_less("a", "b"));
    EXPECT_TRUE(naturally_less("a1", "a1b"));
    EXPECT_TRUE(naturally_less("001", "01") != naturally_less("01", "001"));
    EXPECT_FALSE(naturally_less("x7", "x7"));
    EXPECT_EQ(folder_of("a/b/c"), "b");
    EXPECT_EQ(folder_of("b/c"), "b");
    EXPECT_EQ(folder_of("c"), "");
    EXPECT_EQ(folder_of("/c"), "");
}

}  // namespace
}  // namespace sslslr::io::test
