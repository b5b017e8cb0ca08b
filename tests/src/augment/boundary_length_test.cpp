#include "src/augment/boundary_length.hpp"

#include <gtest/gtest.h>

#include "src/errors.hpp"

namespace sslslr {
namespace {

TEST(BoundaryLength, CountsAreFramesUpToTheClipsLength) {
    const auto length = BoundaryLength::parse("21");

    EXPECT_EQ(length.frames_of(64), 21);
    EXPECT_EQ(length.frames_of(20), 20);
    EXPECT_EQ(length.frames_of(0), 0);
}

TEST(BoundaryLength, SharesAreOfEachClipsOwnLength) {
    EXPECT_EQ(BoundaryLength::parse("1/3").frames_of(64), 21);
    EXPECT_EQ(BoundaryLength::parse("25%").frames_of(64), 16);
    EXPECT_EQ(BoundaryLength::parse("33%").frames_of(100), 33);
    EXPECT_EQ(BoundaryLength::parse("12.5%").frames_of(64), 8);
    EXPECT_EQ(BoundaryLength::parse("100%").frames_of(64), 64);
    EXPECT_EQ(BoundaryLength::parse("0%").frames_of(64), 0);
}

TEST(BoundaryLength, SharesRoundHalfUp) {
    EXPECT_EQ(BoundaryLength::parse("25%").frames_of(5), 1);       // 1.25
    EXPECT_EQ(BoundaryLength::parse("25%").frames_of(6), 2);       // 1.5
    EXPECT_EQ(BoundaryLength::parse("50%").frames_of(1), 1);       // 0.5
    EXPECT_EQ(BoundaryLength::parse("14.5%").frames_of(100), 15);  // 14.5; 0.145 is inexact in binary
    EXPECT_EQ(BoundaryLength::parse("1/3").frames_of(5), 2);       // 1.67
}

TEST(BoundaryLength, RefusesWhatIsNeitherCountNorShare) {
    for (const char* text :
         {"", "-1", "third", "33 %", "101%", "4/3", "1/0", "0/0", "1.5", "%", "9999999999"}) {
        EXPECT_THROW(BoundaryLength::parse(text), ConfigError) << text;
    }
}

}  // namespace
}  // namespace sslslr
