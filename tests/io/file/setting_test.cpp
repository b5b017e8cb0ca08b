#include "io/file/setting.hpp"

#include <cstdint>

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
    EXPECT_EQ(as_options(setting("data", 100000.0)), "--data 100000");
    EXPECT_EQ(as_options(setting("data", 1e-5)), "--data 1e-05");
    EXPECT_EQ(as_options(setting("data", std::int64_t{-3})), "--data -3");
    EXPECT_EQ(as_options(setting("data", "a b")), "--data a b");
    EXPECT_EQ(as_options("no setting at all"), "no setting at all");
}

TEST(Setting, AnEmptyValueIsShownAsOneUnlikeNone) {
    EXPECT_EQ(as_options(setting("data", "") + ":"), "--data :");
    EXPECT_EQ(as_entries(setting("data", "") + ":"), "data = :");
    EXPECT_EQ(as_entries(setting("data") + ":"), "data:");
}

TEST(Setting, WhatIsShownHoldsNoMarksAndStaysAsItIs) {
    const auto shown = as_entries(setting("data", setting("input", 3)));

    EXPECT_EQ(shown, "data = input = 3");
    EXPECT_EQ(as_options(shown), shown);
}

TEST(Setting, TakesTheNameOfADeclaredOption) {
    const std::string name = "any-name";

    EXPECT_EQ(as_options(setting(Setting::declared(name), 2)), "--any-name 2");
}

TEST(Setting, NamesAreSortedEachOnce) {
    EXPECT_TRUE(std::ranges::is_sorted(setting_names));
    EXPECT_EQ(std::ranges::adjacent_find(setting_names), std::end(setting_names));
}

}  // namespace
}  // namespace sslslr::io
