#include "io/file/setting.hpp"

#include <gtest/gtest.h>

namespace sslslr::io {
namespace {

TEST(Setting, ReadsAsAnOptionOrAsAnEntryOfAFile) {
    const auto text = setting("data", 3) + ": expected more, as " + setting("input") + " has";

    EXPECT_EQ(as_options(text), "--data 3: expected more, as --input has");
    EXPECT_EQ(as_entries(text), "data = 3: expected more, as input has");
}

TEST(Setting, ShowsNumbersInFullAndTextsAsTheyAre) {
    EXPECT_EQ(as_options(setting("data", 0.1)), "--data 0.1");
    EXPECT_EQ(as_options(setting("data", "a b")), "--data a b");
    EXPECT_EQ(as_options("no setting at all"), "no setting at all");
}

}  // namespace
}  // namespace sslslr::io
