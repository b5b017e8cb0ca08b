#include "src/evaluate/raw_skeletons.hpp"

#include <gtest/gtest.h>

#include "src/data/points.hpp"

namespace sslslr {
namespace {

/// Two clips, of 4 frames and of 1; the value of a point in a frame is 1000 frame + 2 point (+ 1 in y).
Features numbered() {
    FeatureLayout layout{.points = points_of(PointSet::upper_body), .coordinates = 2};
    const auto frame = torch::arange(5).unsqueeze(1) * 1000;
    return {.frames = (frame + torch::arange(layout.width())).to(torch::kFloat32),
            .offsets = {0, 4, 5},
            .labels = {0, 0},
            .signers = {0, 0},
            .layout = layout};
}

TEST(RawSkeletons, AreEvenlySpacedFramesFromTheFirstToTheLast) {
    const auto skeletons = raw_skeletons(numbered(), std::vector<std::int64_t>{0}, 3);

    const auto frames = skeletons.view({3, -1}).select(1, 0).div(1000, "floor");
    EXPECT_TRUE(torch::equal(frames, torch::tensor({0.0F, 2.0F, 3.0F})));  // 1.5 rounds up
}

TEST(RawSkeletons, HoldArmsAndHandsAndNoFace) {
    const auto skeletons = raw_skeletons(numbered(), std::vector<std::int64_t>{0}, 1)[0];

    EXPECT_EQ(skeletons.numel(), 48 * 2);
    EXPECT_EQ(skeletons[0].item<float>(), 2 * 11);       // the left shoulder's x
    EXPECT_EQ(skeletons[95].item<float>(), 2 * 64 + 1);  // the right hand's last y
}

TEST(RawSkeletons, RepeatTheFrameOfAClipOfOne) {
    const auto skeletons = raw_skeletons(numbered(), std::vector<std::int64_t>{1, 0}, 10);

    ASSERT_EQ(skeletons.sizes(), (std::vector<std::int64_t>{2, 10 * 96}));
    const auto frames = skeletons[0].view({10, -1});
    EXPECT_TRUE(torch::equal(frames, frames.narrow(0, 0, 1).expand_as(frames)));
    EXPECT_EQ(frames[0][0].item<float>(), 4022);
}

TEST(RawSkeletons, RefuseClipsThatAreNotThere) {
    EXPECT_THROW(raw_skeletons(numbered(), std::vector<std::int64_t>{2}), c10::ValueError);
    EXPECT_THROW(raw_skeletons(numbered(), std::vector<std::int64_t>{0}, 0), c10::ValueError);
}

}  // namespace
}  // namespace sslslr
