#include "src/data/packed_clips.hpp"

#include <gtest/gtest.h>

#include "src/data/blank_clips.hpp"
#include "src/data/gather.hpp"
#include "tests/src/data/features_fixture.hpp"

namespace sslslr {
namespace {

using Numbers = std::vector<std::int64_t>;

TEST(Gather, LaysTheNamedClipsEndToEnd) {
    for (const auto dtype : {torch::kFloat32, torch::kFloat64}) {
        const auto features = numbered_features({4, 2, 3}, 0, dtype);

        const auto batch = gather(features, Numbers{2, 0, 2});

        EXPECT_EQ(batch.offsets, (Numbers{0, 3, 7, 10}));
        EXPECT_EQ(batch.ids, (Numbers{2, 0, 2}));
        EXPECT_EQ(batch.views, (Numbers{0, 0, 0}));
        const auto clip = [&](std::int64_t first, std::int64_t last) {
            return features.frames.slice(0, first, last);
        };
        EXPECT_TRUE(torch::equal(batch.frames, torch::cat({clip(6, 9), clip(0, 4), clip(6, 9)})));
    }
}

TEST(Gather, OfNoClipsIsAnEmptyBatchOfFullWidth) {
    const auto batch = gather(numbered_features({4}), {});

    EXPECT_EQ(batch.clips(), 0);
    EXPECT_EQ(batch.frames.sizes(), (torch::IntArrayRef{0, 130}));
}

TEST(Gather, RefusesClipsThatAreNotThere) {
    const auto features = numbered_features({4, 2});

    EXPECT_THROW(gather(features, Numbers{2}), c10::ValueError);
    EXPECT_THROW(gather(features, Numbers{-1}), c10::ValueError);
}

TEST(Concatenate, KeepsClipsIdsAndViewsInOrder) {
    const auto features = numbered_features({4, 2, 3});
    auto second = gather(features, Numbers{1});
    second.views = {2};
    const std::vector parts{gather(features, Numbers{2, 0}), gather(features, {}), second};

    const auto whole = concatenate(parts);

    EXPECT_EQ(whole.offsets, (Numbers{0, 3, 7, 9}));
    EXPECT_EQ(whole.ids, (Numbers{2, 0, 1}));
    EXPECT_EQ(whole.views, (Numbers{0, 0, 2}));
    EXPECT_TRUE(torch::equal(whole.frames, gather(features, Numbers{2, 0, 1}).frames));
}

TEST(BlankClips, AreThoseWhoseLandmarksAreAllZeroWhateverTheirMasks) {
    for (const auto dtype : {torch::kFloat32, torch::kFloat64}) {
        auto features = numbered_features({4, 2, 3, 1}, /*masks=*/3, dtype);
        features.frames.slice(0, 4, 9).slice(1, 0, 130).zero_();  // clips 1 and 2
        features.frames[8][129] = -1;                             // except for one value of clip 2

        EXPECT_EQ(blank_clips(features, Numbers{0, 1, 2, 3}), Numbers{1});
        EXPECT_EQ(blank_clips(features, Numbers{3, 2}), Numbers{});
    }
}

}  // namespace
}  // namespace sslslr
