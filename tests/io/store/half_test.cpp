#include "io/store/half.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace sslslr::io {
namespace {

float converted(std::uint16_t half) {
    std::array<float, 1> out{};
    floats_of_halves(std::as_bytes(std::span{&half, 1}), out);
    return out[0];
}

/// The value by the definition of binary16, in arithmetic that shares nothing with the code under test.
float by_definition(std::uint16_t half) {
    const int exponent = (half >> 10) & 31;
    const int fraction = half & 1023;
    const double sign = (half & 0x8000) != 0 ? -1.0 : 1.0;
    if (exponent == 31) {
        return fraction != 0 ? std::numeric_limits<float>::quiet_NaN()
                             : static_cast<float>(sign * std::numeric_limits<double>::infinity());
    }
    const double magnitude =
        exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
    return static_cast<float>(sign * magnitude);
}

TEST(Half, EveryPatternBecomesTheFloatOfItsDefinition) {
    for (unsigned pattern = 0; pattern < 65536; ++pattern) {
        const auto half = static_cast<std::uint16_t>(pattern);
        const auto expected = by_definition(half);

        const auto found = converted(half);

        ASSERT_TRUE(found == expected || (std::isnan(found) && std::isnan(expected))) << pattern;
        ASSERT_EQ(std::signbit(found), (pattern & 0x8000) != 0) << pattern;
    }
}

TEST(Half, EveryValueSurvivesTheWayToFloatAndBack) {
    for (unsigned pattern = 0; pattern < 65536; ++pattern) {
        const auto half = static_cast<std::uint16_t>(pattern);
        const bool is_nan = std::isnan(converted(half));

        const auto back = half_of_float(converted(half));

        ASSERT_TRUE(back == half || (is_nan && std::isnan(converted(back)))) << pattern;
    }
}

TEST(Half, RoundsToTheNearestAndTiesToEven) {
    for (unsigned pattern = 0; pattern < 0x7BFF; ++pattern) {
        const auto low = converted(static_cast<std::uint16_t>(pattern));
        const auto high = converted(static_cast<std::uint16_t>(pattern + 1));
        const auto middle = (low + high) / 2;  // exact in float32
        const auto even = static_cast<std::uint16_t>(pattern + (pattern & 1U));

        ASSERT_EQ(half_of_float(middle), even) << pattern;
        ASSERT_EQ(half_of_float(std::nextafter(middle, 0.0F)), pattern) << pattern;
        ASSERT_EQ(half_of_float(std::nextafter(middle, high)), pattern + 1) << pattern;
    }
}

TEST(Half, ValuesBeyondTheRangeBecomeInfinity) {
    EXPECT_EQ(half_of_float(65519.0F), 0x7BFF);
    EXPECT_EQ(half_of_float(65520.0F), 0x7C00);
    EXPECT_EQ(half_of_float(-1e30F), 0xFC00);
}

TEST(Half, FiniteValuesThatWouldBecomeInfinityAreFound) {
    const auto nan = std::numeric_limits<float>::quiet_NaN();
    const auto infinity = std::numeric_limits<float>::infinity();
    EXPECT_EQ(beyond_half(std::vector{0.5F, nan, infinity, -infinity, 65519.0F, -65504.0F}), std::nullopt);
    EXPECT_EQ(beyond_half(std::vector{0.5F, -65520.0F, 1e30F}), -65520.0F);
    EXPECT_EQ(beyond_half({}), std::nullopt);
}

TEST(Half, ReadsFromAnyAddress) {
    const std::vector<unsigned char> bytes{0xFF, 0x00, 0x3C, 0x00, 0xC0};  // 1 and -2 from the second byte on
    std::array<float, 2> out{};

    floats_of_halves(std::as_bytes(std::span{bytes}).subspan(1), out);

    EXPECT_EQ(out[0], 1.0F);
    EXPECT_EQ(out[1], -2.0F);
}

}  // namespace
}  // namespace sslslr::io
