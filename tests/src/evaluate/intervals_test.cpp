#include "src/evaluate/intervals.hpp"

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include <c10/util/Exception.h>
#include <gtest/gtest.h>

namespace sslslr {
namespace {

TEST(StudentInterval, EightRunsUseTheTableValueForSevenDegreesOfFreedom) {
    const std::vector<double> runs{0.71, 0.74, 0.69, 0.73, 0.75, 0.70, 0.72, 0.76};
    const double deviation = std::sqrt(0.0042 / 7);  // their squares about the mean 0.725 add up to 0.0042

    const auto interval = student_interval(runs);

    EXPECT_NEAR(interval.mean, 0.725, 1e-12);
    EXPECT_NEAR(interval.high - interval.mean, 2.364624 * deviation / std::sqrt(8.0), 1e-7);
    EXPECT_NEAR(interval.mean - interval.low, interval.high - interval.mean, 1e-12);
}

TEST(StudentInterval, TwoAndFiveRunsMatchTheTablesAtTwoLevels) {
    // Runs -1 and 1 have a deviation of sqrt(2), so the half-width is t itself.
    EXPECT_NEAR(student_interval(std::vector{-1.0, 1.0}).high, 12.70620, 1e-5);
    EXPECT_NEAR(student_interval(std::vector{-1.0, 1.0}, 0.99).high, 63.65674, 1e-5);
    // Runs -2 .. 2 have a deviation of sqrt(2.5), and sqrt(2.5 / 5) = sqrt(1 / 2).
    EXPECT_NEAR(student_interval(std::vector{-2.0, -1.0, 0.0, 1.0, 2.0}).high, 2.776445 / std::sqrt(2.0),
                1e-6);
}

TEST(StudentInterval, PairedDifferencesRemoveWhatRunsHaveInCommon) {
    const std::vector<double> ours{0.60, 0.70, 0.80};
    const std::vector<double> control{0.58, 0.69, 0.77};

    const auto paired = student_interval(differences(ours, control));

    EXPECT_NEAR(paired.mean, 0.02, 1e-12);
    EXPECT_NEAR(paired.high - paired.mean, 4.302653 * 0.01 / std::sqrt(3.0), 1e-7);
}

TEST(StudentInterval, OneRunHasNone) {
    EXPECT_THROW(student_interval(std::vector{0.5}), c10::ValueError);
    EXPECT_THROW(student_interval(std::vector{0.5, 0.6}, 1.0), c10::ValueError);
}

TEST(Differences, RefuseListsOfUnequalLength) {
    EXPECT_THROW(differences(std::vector{1.0, 2.0}, std::vector{1.0}), c10::ValueError);
}

/// `clips` values, of which `right` are 1, spread evenly.
std::vector<double> correctness(int clips, int right) {
    std::vector<double> values;
    for (int clip = 0; clip < clips; ++clip) {
        values.push_back((clip * right) % clips < right ? 1 : 0);
    }
    return values;
}

TEST(BootstrapInterval, OfAShareComesNearTheBinomialInterval) {
    const auto interval = bootstrap_interval(correctness(400, 300));

    // Quantiles 2.5 % and 97.5 % of Binomial(400, 0.75) / 400.
    EXPECT_DOUBLE_EQ(interval.mean, 0.75);
    EXPECT_NEAR(interval.low, 0.7075, 0.0026);
    EXPECT_NEAR(interval.high, 0.7925, 0.0026);
}

TEST(BootstrapInterval, IsAFunctionOfTheSeed) {
    const auto clips = correctness(50, 20);
    const auto of_seed = [&](std::uint64_t seed) {
        const auto interval = bootstrap_interval(clips, {.resamples = 500, .seed = seed});
        return std::pair{interval.low, interval.high};
    };

    EXPECT_EQ(of_seed(1), of_seed(1));
    EXPECT_TRUE(of_seed(1) != of_seed(2) || of_seed(2) != of_seed(3) || of_seed(3) != of_seed(4));
}

TEST(BootstrapInterval, OfDifferencesIsNarrowWhereModelsErrOnTheSameClips) {
    auto ours = correctness(200, 100);
    const auto control = ours;
    ours[1] = 1 - ours[1];

    const auto paired = bootstrap_interval(differences(ours, control));

    EXPECT_NEAR(std::abs(paired.mean), 0.005, 1e-12);
    EXPECT_LE(paired.high - paired.low, 0.016);  // unpaired: about 0.2
}

TEST(BootstrapInterval, OfEqualValuesHasNoWidth) {
    const auto interval = bootstrap_interval(std::vector<double>(7, 1.0), {.resamples = 20});

    EXPECT_EQ(interval.low, 1);
    EXPECT_EQ(interval.high, 1);
}

TEST(BootstrapInterval, RefusesNoClipsAndNoResamples) {
    EXPECT_THROW(bootstrap_interval({}), c10::ValueError);
    EXPECT_THROW(bootstrap_interval(std::vector{1.0}, {.resamples = 0}), c10::ValueError);
}

TEST(IntervalText, ShowsTheMeanAndBothBoundsWithASignWhereItIsADifference) {
    const Interval interval{.mean = 0.0124, .low = -0.003, .high = 0.0271};

    EXPECT_EQ(interval_text(interval), "0.012 [-0.003, 0.027]");
    EXPECT_EQ(interval_text(interval, 1), "0.0 [-0.0, 0.0]");
    EXPECT_EQ(signed_interval_text(interval), "+0.012 [-0.003, +0.027]");
}

}  // namespace
}  // namespace sslslr
