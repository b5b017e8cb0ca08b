#include "src/data/time_series.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace sslslr {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

TimeSeries series_of(const std::vector<std::vector<double>>& frames) {
    TimeSeries series{static_cast<std::int64_t>(frames.size()),
                      static_cast<std::int64_t>(frames.front().size())};
    for (std::int64_t frame = 0; frame < series.frames(); ++frame) {
        for (std::int64_t column = 0; column < series.columns(); ++column) {
            series.at(frame, column) =
                frames[static_cast<std::size_t>(frame)][static_cast<std::size_t>(column)];
        }
    }
    return series;
}

std::vector<double> column_of(const TimeSeries& series, std::int64_t column) {
    std::vector<double> values;
    for (std::int64_t frame = 0; frame < series.frames(); ++frame) {
        values.push_back(series.at(frame, column));
    }
    return values;
}

TEST(FillGaps, IsLinearBetweenKnownFramesAndNearestAtTheEnds) {
    auto series = series_of({{missing}, {1}, {missing}, {missing}, {4}, {missing}});

    fill_gaps(series);

    EXPECT_EQ(column_of(series, 0), (std::vector<double>{1, 1, 2, 3, 4, 4}));
}

TEST(FillGaps, AFrameWithOneValueMissingKeepsTheOthers) {
    auto series = series_of({{0, 10}, {missing, 99}, {4, 30}});

    fill_gaps(series);

    EXPECT_EQ(column_of(series, 0), (std::vector<double>{0, 2, 4}));
    EXPECT_EQ(column_of(series, 1), (std::vector<double>{10, 99, 30}));
}

TEST(FillGaps, ColumnsMissingTogetherAreFilledFromTheSameFrames) {
    auto series = series_of({{0, 10}, {missing, missing}, {missing, missing}, {6, missing}, {8, 50}});

    fill_gaps(series);

    EXPECT_EQ(column_of(series, 0), (std::vector<double>{0, 2, 4, 6, 8}));
    EXPECT_EQ(column_of(series, 1), (std::vector<double>{10, 20, 30, 40, 50}));
}

TEST(FillGaps, AColumnWithoutAValueStaysMissing) {
    auto series = series_of({{1, missing}, {missing, missing}});

    fill_gaps(series);

    EXPECT_EQ(column_of(series, 0), (std::vector<double>{1, 1}));
    EXPECT_TRUE(std::isnan(series.at(0, 1)));
    EXPECT_TRUE(std::isnan(series.at(1, 1)));
}

TEST(Smoothed, LeavesAParabolaUnchangedUpToItsEnds) {
    TimeSeries series{12, 1};
    for (std::int64_t frame = 0; frame < 12; ++frame) {
        series.at(frame, 0) = 0.5 * static_cast<double>(frame * frame) - 3.0 * static_cast<double>(frame) + 2;
    }

    const auto result = smoothed(series);

    for (std::int64_t frame = 0; frame < 12; ++frame) {
        EXPECT_NEAR(result.at(frame, 0), series.at(frame, 0), 1e-12);
    }
}

TEST(Smoothed, SpreadsASingleSpikeByTheTabulatedWeights) {
    TimeSeries series{21, 1};
    series.at(10, 0) = 21;

    const auto result = smoothed(series);

    std::vector<double> expected(21, 0.0);
    std::ranges::copy(std::vector{-2, 3, 6, 7, 6, 3, -2},
                      expected.begin() + 7);  // Savitzky and Golay 1964, table I
    for (std::int64_t frame = 0; frame < 21; ++frame) {
        EXPECT_NEAR(result.at(frame, 0), expected[static_cast<std::size_t>(frame)], 1e-12);
    }
}

TEST(Smoothed, LeavesFewerThanSevenFramesAlone) {
    const auto series = series_of({{1}, {9}, {1}, {9}, {1}, {9}});

    EXPECT_EQ(column_of(smoothed(series), 0), column_of(series, 0));
}

TEST(Resampled, IsLinearAtEvenlySpacedTimesAndKeepsBothEnds) {
    const auto series = series_of({{0}, {10}, {20}, {60}});

    EXPECT_EQ(column_of(resampled(series, 3), 0), (std::vector<double>{0, 15, 60}));
    EXPECT_EQ(column_of(resampled(series, 4), 0), (std::vector<double>{0, 10, 20, 60}));
    EXPECT_EQ(column_of(resampled(series, 1), 0), (std::vector<double>{15}));
}

}  // namespace
}  // namespace sslslr
