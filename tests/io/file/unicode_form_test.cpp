#include "io/file/unicode_form.hpp"

#include <gtest/gtest.h>

#include "io/file/json_text.hpp"
#include "io/file/utf8.hpp"

namespace sslslr::io::test {
namespace {

TEST(UnicodeForm, TakesLettersApartAsMacOsWritesFileNames) {
    EXPECT_EQ(decomposed("caf\xC3\xA9"), "cafe\xCC\x81");
    EXPECT_EQ(decomposed("\xE1\xBB\x87"), "e\xCC\xA3\xCC\x82") << "Vietnamese, two marks";
    EXPECT_EQ(decomposed("\xE3\x81\x8C"), "\xE3\x81\x8B\xE3\x82\x99") << "kana";
    EXPECT_EQ(decomposed("\xED\x95\x9C"), "\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB") << "Hangul";
    EXPECT_EQ(decomposed("\xCE\xAC"), "\xCE\xB1\xCC\x81") << "Greek";
    EXPECT_EQ(decomposed("plain \xE6\x89\x8B"), "plain \xE6\x89\x8B");
    EXPECT_EQ(decomposed("h\xE9"), "h\xE9") << "no UTF-8";
}

TEST(Utf8, KnowsWhatIsNoneAndShowsIt) {
    EXPECT_TRUE(is_utf8("\xC3\xA9 \xF0\x9F\x98\x80"));
    for (const std::string text :
         {"\xE9", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80", "\xFF"}) {
        EXPECT_FALSE(is_utf8(text));
    }
    EXPECT_EQ(shown("h\xE9llo \xC3\xA9\xFF"), "h\\xE9llo \xC3\xA9\\xFF");
}

TEST(JsonText, WritesWhateverBytesAResultHolds) {
    EXPECT_EQ(json_text({{"run", "runs/h\xE9llo"}}), "{\"run\":\"runs/h\xEF\xBF\xBDllo\"}");
    EXPECT_EQ(json_text({1, 2}, 1), "[\n 1,\n 2\n]");
}

}  // namespace
}  // namespace sslslr::io::test
