#include "io/corpus/text_table.hpp"

#include <gtest/gtest.h>

#include "io/corpus/folder_tree.hpp"
#include "tests/io/corpus/corpus_files.hpp"
#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

class TextTableTest : public testing::Test {
protected:
    TextTable table(const std::string& text, std::optional<char> separator = std::nullopt,
                    bool has_header = true) const {
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
    EXPECT_NE(error_of([&] { table("").column({"id"}); }).find("found an empty file"), std::string::npos);
    EXPECT_NE(
        error_of([&] { table("a,b\n1,\"2\n"); }).find("line 2: the quote that opens there is never closed"),
        std::string::npos);
    EXPECT_NE(error_of([&] {
                  table("a,b\n").column({"id", "clip"});
              }).find("expected a column named id or clip, found the columns a, b"),
              std::string::npos);
}

TEST_F(TextTableTest, NamesOfColumnsAreTheSameInAnyCaseWithSpacesUnderscoresOrHyphens) {
    for (const std::string name : {"File name", "FILE_NAME", "file-Name", " file name "}) {
        EXPECT_EQ(table("x," + name + "\n1,2\n").find({"file_name"}), 1U) << name;
    }
    EXPECT_FALSE(table("filename\n").find({"file_name"}));
}

TEST_F(TextTableTest, TwoColumnsOfOneMeaningAreRefusedByNameWhereTheyDiffer) {
    EXPECT_EQ(table("label,x,gloss\nA,1,A\nB,2,B\n").find({"gloss", "label"}), 2U);
    EXPECT_EQ(table("label,Label\nA,A\n").column({"label"}), 0U);
    const std::pair<const char*, const char*> refused[]{
        {"label,x,gloss\nA,1,A\nB,2,C\n", "found two, 3 'gloss' and 1 'label', which differ in row 3"},
        {"label,x,Label\nA,1,B\n", "found two, 1 'label' and 3 'Label', which differ in row 2"}};
    for (const auto& [text, words] : refused) {
        const auto error = error_of([&] { table(text).find({"gloss", "label"}); });
        EXPECT_NE(error.find(words), std::string::npos) << error;
    }
}

TEST_F(TextTableTest, RecognisesSeparatorsAndDropsPaddingAndEmptyFieldsAtTheEnd) {
    for (const std::string separator : {",", ";", "\t"}) {
        std::string text =
            " clip ;label; split\n a ; thank you ;  train ;\n\n;;\n \"b; c\" ;\xC2\xA0no\xC2\xA0; test\n";
        for (std::size_t at = text.find(';'); at != std::string::npos; at = text.find(';', at + 1)) {
            text.replace(at, 1, separator);
        }
        const auto read = table(text);
        ASSERT_EQ(read.rows(), 2U) << separator;
        EXPECT_EQ(read.columns(), (std::vector<std::string>{"clip", "label", "split"}));
        EXPECT_EQ(read.row(0), (std::vector<std::string>{"a", "thank you", "train"}));
        EXPECT_EQ(read.row(1), (std::vector<std::string>{"b" + separator + " c", "no", "test"}));
        EXPECT_EQ(read.shown_number(0), 2U);
        EXPECT_EQ(read.shown_number(1), 5U) << "blank rows count, as a spreadsheet shows them";
    }
    EXPECT_EQ(table("sep=;\na,1;b\n2,5;x\n").row(0), (std::vector<std::string>{"2,5", "x"}));
    EXPECT_EQ(table("\"a;b;c\",d\n1,2\n").columns().size(), 2U) << "separators within quotes are text";
}

TEST_F(TextTableTest, ReadsUtf16AndNamesOtherEncodings) {
    using namespace std::string_literals;
    const auto little = table("\xFF\xFE"s + "a\0,\0b\0\n\0\xE9\0,\0\x3D\xD8\x00\xDE\n\0"s);
    EXPECT_EQ(little.row(0), (std::vector<std::string>{"\xC3\xA9", "\xF0\x9F\x98\x80"}));
    EXPECT_EQ(table("\xFE\xFF"s + "\0a\0\n\0x"s).row(0), std::vector<std::string>{"x"});
    const std::pair<std::string, std::string> refused[]{
        {"\xFF\xFE"s + "a\0,"s, "expected UTF-16 as its first bytes say"},
        {"\xFF\xFE"s + "\x00\xDC"s, "expected UTF-16 as its first bytes say"},
        {"\xFF\xFE\0\0"s, "found UTF-32: save it as UTF-8"},
        {"PK\x03\x04", "found a workbook"},
        {"a,b\nx,na\xEFve\n", "row 2, column b: expected text in UTF-8, found 'na\\xEFve'"},
        {"a\n\xED\xA0\x80\n", "row 2, column a: expected text in UTF-8"}};
    for (const auto& [text, words] : refused) {
        const auto error = error_of([&] { table(text); });
        EXPECT_NE(error.find(words), std::string::npos) << error;
    }
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
