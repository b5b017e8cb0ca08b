#include "src/train/fixed_clips.hpp"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

namespace sslslr {
namespace {

TEST(FixedClips, AreAtMostSixtyFourOfTheClipsWhateverTheirOrder) {
    std::vector<std::int64_t> clips(500);
    std::iota(clips.begin(), clips.end(), std::int64_t{1000});
    auto reversed = clips;
    std::ranges::reverse(reversed);

    const auto fixed = fixed_clips(clips);

    EXPECT_EQ(fixed.size(), 64U);
    EXPECT_TRUE(std::ranges::is_sorted(fixed));
    EXPECT_TRUE(std::ranges::includes(clips, fixed));
    EXPECT_GT(fixed.back(), 1400) << "not the first ones: a store may be sorted by class";
    EXPECT_EQ(fixed, fixed_clips(reversed));
}

TEST(FixedClips, AreAllOfThemWhereThereAreFew) {
    EXPECT_EQ(fixed_clips(std::vector<std::int64_t>{7, 3, 5}), (std::vector<std::int64_t>{3, 5, 7}));
}

}  // namespace
}  // namespace sslslr
