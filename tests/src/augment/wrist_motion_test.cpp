#include "src/augment/wrist_motion.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "src/errors.hpp"
#include "tests/src/boundary/planted_signs.hpp"

namespace sslslr {
namespace {

using Numbers = std::vector<std::int64_t>;

class WristMotion : public testing::Test {
protected:
    static constexpr std::int64_t count = 40;

    WristMotion() {
        for (std::int64_t clip = 0; clip < count; ++clip) {
            const auto raise = 6 + clip % 11;
            const auto sign = raise + 5 + clip % 5;
            const auto lower = sign + 20 + clip % 9;
            const auto rest = lower + 5 + clip % 4;
            signs_.push_back({raise, sign, lower, rest, rest + 5 + clip % 10});
            clips_.push_back(clip);
        }
    }

    /// Expects every k1 within `frames` of the start of phase `begin`, and every k2 within `frames` of the
    /// number of frames from the start of phase `end` to the end of the clip.
    void expect_within(std::int64_t frames, const std::vector<ClipBoundary>& found,
                       std::int64_t planted::Phases::*begin, std::int64_t planted::Phases::*end) const {
        for (std::size_t clip = 0; clip < signs_.size(); ++clip) {
            EXPECT_LE(std::abs(found[clip].k1 - signs_[clip].*begin), frames) << clip;
            EXPECT_LE(std::abs(found[clip].k2 - (signs_[clip].end - signs_[clip].*end)), frames) << clip;
        }
    }

    static ClipBoundary of_one(const Features& features) {
        return wrist_motion_boundaries(features, Numbers{0}).front();
    }

    std::vector<planted::Phases> signs_;
    Numbers clips_;
};

TEST_F(WristMotion, WithoutPreparationTheRestIsFoundToTwoFrames) {
    for (const double noise : {0.0, 0.01, 0.03}) {
        const auto features = planted::clips_of(signs_, noise);

        const auto found = wrist_motion_boundaries(features, clips_, {.with_preparation = false});

        expect_within(2, found, &planted::Phases::raise, &planted::Phases::rest);
    }
}

TEST_F(WristMotion, WithPreparationTheSignIsFoundToFourFrames) {
    for (const double noise : {0.0, 0.01, 0.03}) {
        const auto features = planted::clips_of(signs_, noise);

        const auto found = wrist_motion_boundaries(features, clips_);

        expect_within(4, found, &planted::Phases::sign, &planted::Phases::lower);
    }
}

TEST_F(WristMotion, Float32AndTheOrderOfTheClipsMakeNoDifference) {
    auto features = planted::clips_of(signs_, 0.01);
    const auto expected = wrist_motion_boundaries(features, clips_);
    features.frames = features.frames.to(torch::kFloat32);
    std::ranges::reverse(clips_);

    auto found = wrist_motion_boundaries(features, clips_);

    std::ranges::reverse(found);
    EXPECT_EQ(found, expected);
}

TEST_F(WristMotion, AJumpOfOneFrameIsNoMovement) {
    auto features = planted::clips_of(signs_, 0.01);
    const auto expected = wrist_motion_boundaries(features, clips_);
    const auto wrist = positions_of({"pose.right_wrist"}, features.layout.points).front();
    for (const auto clip : clips_) {
        features.frames[features.offsets[static_cast<std::size_t>(clip)] + 2][2 * wrist] += 3;
    }

    const auto found = wrist_motion_boundaries(features, clips_);

    for (std::size_t clip = 0; clip < found.size(); ++clip) {
        EXPECT_LE(std::abs(found[clip].k1 - expected[clip].k1), 1);
        EXPECT_LE(std::abs(found[clip].k2 - expected[clip].k2), 1);
    }
}

TEST_F(WristMotion, StillClipsHaveNoBoundaryWhateverTheNoise) {
    const std::vector<planted::Phases> still(count, {50, 50, 50, 50, 50});
    for (const double noise : {0.0, 0.02, 0.5}) {
        const auto found = wrist_motion_boundaries(planted::clips_of(still, noise), clips_);

        EXPECT_EQ(found, std::vector<ClipBoundary>(count)) << noise;
    }
}

TEST_F(WristMotion, AClipThatMovesFromItsFirstFrameToItsLastHasNoBoundary) {
    EXPECT_EQ(of_one(planted::clips_of({{-20, -10, 70, 80, 50}}, 0.01)), ClipBoundary{});
    EXPECT_EQ(of_one(planted::clips_of({{-20, -10, 40, 46, 60}}, 0.01)).k1, 0) << "only the end rests";
}

TEST_F(WristMotion, OneStrokeBetweenTwoRestsIsTheSignAndNoPreparation) {
    const auto [k1, k2] = of_one(planted::clips_of({{20, 30, 30, 1000, 50}}, 0));

    EXPECT_LE(std::abs(k1 - 20), 2);
    EXPECT_LE(std::abs(k2 - 20), 2);
}

TEST_F(WristMotion, TheShortestClipsHaveNoBoundary) {
    for (std::int64_t frames = 1; frames < 5; ++frames) {
        EXPECT_EQ(of_one(planted::clips_of({{1, 2, 3, 4, frames}}, 0.01)), ClipBoundary{});
    }
    EXPECT_NO_THROW(of_one(planted::clips_of({{1, 2, 3, 4, 5}}, 0.01)));
    EXPECT_TRUE(wrist_motion_boundaries(planted::clips_of({}, 0), {}).empty());
}

TEST_F(WristMotion, AWristThePoseLacksIsReadFromTheHand) {
    auto features = planted::clips_of(signs_, 0.01);
    const auto expected = wrist_motion_boundaries(features, clips_);
    const auto wrist = positions_of({"pose.right_wrist"}, features.layout.points).front();
    features.frames.slice(1, 2 * wrist, 2 * wrist + 2).zero_();

    const auto found = wrist_motion_boundaries(features, clips_);

    for (std::size_t clip = 0; clip < found.size(); ++clip) {
        EXPECT_LE(std::abs(found[clip].k1 - expected[clip].k1), 1);
        EXPECT_LE(std::abs(found[clip].k2 - expected[clip].k2), 4);
    }
}

TEST_F(WristMotion, AClipThatShowsNoWristHasNoBoundary) {
    auto features = planted::clips_of(signs_, 0.01);
    features.frames.zero_();

    EXPECT_EQ(wrist_motion_boundaries(features, clips_), std::vector<ClipBoundary>(count));
}

TEST_F(WristMotion, RefusesSettingsPointsAndClipsThatAreOfNoUse) {
    auto features = planted::clips_of(signs_, 0.01);

    EXPECT_THROW(wrist_motion_boundaries(features, clips_, {.peak_share = 0}), ConfigError);
    EXPECT_THROW(wrist_motion_boundaries(features, clips_, {.peak_share = 1}), ConfigError);
    EXPECT_THROW(wrist_motion_boundaries(features, clips_, {.noise_factor = -1}), ConfigError);
    EXPECT_THROW(wrist_motion_boundaries(features, clips_, {.noise_factor = std::nan("")}), ConfigError);
    EXPECT_THROW(wrist_motion_boundaries(features, Numbers{count}), c10::ValueError);
    features.layout.points = {"pose.nose"};
    EXPECT_THROW(wrist_motion_boundaries(features, clips_), ConfigError);
}

TEST_F(WristMotion, TheValueOfADataSetIsTheMedianOfTheClipsShares) {
    const auto features =
        planted::clips_of({{1, 2, 3, 4, 10}, {1, 2, 3, 4, 20}, {1, 2, 3, 4, 40}, {1, 2, 3, 4, 50}}, 0);
    const std::vector<ClipBoundary> boundaries{{1, 0}, {4, 5}, {20, 10}, {5, 0}};

    const auto [k1, k2] = median_shares(features, Numbers{0, 1, 2, 3}, boundaries);

    EXPECT_DOUBLE_EQ(k1, 0.15);   // median of 0.1, 0.1, 0.2 and 0.5
    EXPECT_DOUBLE_EQ(k2, 0.125);  // median of 0, 0, 0.25 and 0.25
    EXPECT_EQ(median_shares(features, {}, {}).k1, 0);
    EXPECT_THROW(median_shares(features, Numbers{0}, boundaries), c10::ValueError);
}

}  // namespace
}  // namespace sslslr
