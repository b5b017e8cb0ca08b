#include "src/augment/classical.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "src/data/points.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

template <class Value>
class Classical : public testing::Test {
protected:
    static constexpr std::int64_t frames = 12;

    /// A clip of the given layout in which every value differs from 0.
    static std::vector<Value> clip_of(const FeatureLayout& layout) {
        std::vector<Value> clip(static_cast<std::size_t>(frames * layout.width()));
        for (std::size_t at = 0; at < clip.size(); ++at) {
            clip[at] = static_cast<Value>(std::sin(0.37 * static_cast<double>(at) + 0.1));
        }
        return clip;
    }

    static std::vector<std::int64_t> recorded_order() {
        std::vector<std::int64_t> order(frames);
        std::iota(order.begin(), order.end(), std::int64_t{0});
        return order;
    }

    static std::vector<Value> blurred(const std::vector<Value>& clip, const FeatureLayout& layout,
                                      const std::vector<std::int64_t>& order, double sigma) {
        std::vector<Value> out(order.size() * static_cast<std::size_t>(layout.width()));
        blur<Value>(clip, layout, order, sigma, out);
        return out;
    }

    static void expect_near(const std::vector<Value>& actual, const std::vector<Value>& expected) {
        ASSERT_EQ(actual.size(), expected.size());
        for (std::size_t at = 0; at < expected.size(); ++at) {
            ASSERT_NEAR(actual[at], expected[at], 1e-6) << at;
        }
    }

    FeatureLayout flat_{.points = points_of(PointSet::upper_body), .flags = 3};
    FeatureLayout deep_{.points = points_of(PointSet::all), .coordinates = 3};
    FeatureLayout raw_{.points = points_of(PointSet::upper_body), .centred = false};
};

using Values = testing::Types<float, double>;
TYPED_TEST_SUITE(Classical, Values);

TYPED_TEST(Classical, RotationPreservesDistancesInThePlaneAndLeavesTheRest) {
    for (const auto* layout : {&this->flat_, &this->deep_, &this->raw_}) {
        const auto before = this->clip_of(*layout);
        auto after = before;

        rotate<TypeParam>(after, *layout, 37);

        const auto c = static_cast<std::size_t>(layout->coordinates);
        for (std::size_t frame = 0; frame < before.size();
             frame += static_cast<std::size_t>(layout->width())) {
            const auto distance = [&](const auto& clip, std::size_t p) {
                return std::hypot(clip[frame + p * c] - clip[frame],
                                  clip[frame + p * c + 1] - clip[frame + 1]);
            };
            for (std::size_t p = 1; p < layout->points.size(); ++p) {
                ASSERT_NEAR(distance(after, p), distance(before, p), 1e-5);
                if (c == 3) {
                    ASSERT_EQ(after[frame + p * c + 2], before[frame + p * c + 2]);
                }
            }
            for (auto at = layout->landmark_width(); at < layout->width(); ++at) {
                ASSERT_EQ(after[frame + static_cast<std::size_t>(at)],
                          before[frame + static_cast<std::size_t>(at)]);
            }
        }
    }
}

TYPED_TEST(Classical, RotationTurnsAboutTheBodyCentreByTheAngleGiven) {
    const FeatureLayout centred{.points = {"pose.nose"}};
    const FeatureLayout raw{.points = {"pose.nose"}, .centred = false};
    std::vector<TypeParam> about_origin{2, 0};
    std::vector<TypeParam> about_middle{TypeParam(1.5), TypeParam(0.5)};

    rotate<TypeParam>(about_origin, centred, 30);
    rotate<TypeParam>(about_middle, raw, 90);

    this->expect_near(about_origin, {static_cast<TypeParam>(std::sqrt(3.0)), 1});
    this->expect_near(about_middle, {TypeParam(0.5), TypeParam(1.5)});
}

TYPED_TEST(Classical, MirroringTwiceIsIdentity) {
    for (const auto* layout : {&this->flat_, &this->deep_, &this->raw_}) {
        const auto partners = mirrored_features(*layout);
        const auto before = this->clip_of(*layout);
        auto after = before;

        mirror<TypeParam>(after, *layout, partners);
        EXPECT_NE(after, before);
        mirror<TypeParam>(after, *layout, partners);

        this->expect_near(after, before);
    }
}

TYPED_TEST(Classical, MirroringSwapsTheSidesWithTheirFlags) {
    const FeatureLayout layout{.points = {"pose.nose", "left_hand.wrist", "right_hand.wrist"}, .flags = 3};
    std::vector<TypeParam> frame{1, 2, 3, 4, 0, 0, 0, 0, 1};

    mirror<TypeParam>(frame, layout, mirrored_features(layout));

    EXPECT_EQ(frame, (std::vector<TypeParam>{-1, 2, 0, 0, -3, 4, 0, 1, 0}));
}

TYPED_TEST(Classical, MirroringRawCoordinatesTurnsTheImageRound) {
    const FeatureLayout layout{.points = {"pose.left_eye", "pose.right_eye"}, .centred = false};
    std::vector<TypeParam> frame{TypeParam(0.25), TypeParam(0.5), 0, 0};

    mirror<TypeParam>(frame, layout, mirrored_features(layout));

    EXPECT_EQ(frame, (std::vector<TypeParam>{0, 0, TypeParam(0.75), TypeParam(0.5)}));
}

TYPED_TEST(Classical, BlurOfAConstantIsThatConstant) {
    const std::vector<TypeParam> constant(static_cast<std::size_t>(12 * this->flat_.width()), TypeParam(0.7));
    for (const double sigma : {0.1, 0.8, 2.0, 50.0}) {
        this->expect_near(this->blurred(constant, this->flat_, this->recorded_order(), sigma), constant);
    }
}

TYPED_TEST(Classical, BlurWeighsNeighboursAsAGaussian) {
    const FeatureLayout layout{.points = {"pose.nose"}};
    std::vector<TypeParam> spike(24, 0);
    spike[12] = 1;  // x of frame 6

    const auto result = this->blurred(spike, layout, this->recorded_order(), 1);

    EXPECT_NEAR(result[12], 0.39894, 1e-4);
    EXPECT_NEAR(result[10] / result[12], std::exp(-0.5), 1e-6);
    EXPECT_NEAR(result[8] / result[12], std::exp(-2.0), 1e-6);
    EXPECT_EQ(result[10], result[14]);
    EXPECT_EQ(result[13], 0);
}

TYPED_TEST(Classical, BlurComesBeforeTheReordering) {
    const auto clip = this->clip_of(this->flat_);
    auto order = this->recorded_order();
    std::ranges::reverse(order);

    const auto reversed = this->blurred(clip, this->flat_, order, 1.5);

    const auto in_order = this->blurred(clip, this->flat_, this->recorded_order(), 1.5);
    const auto width = this->flat_.width();
    for (std::ptrdiff_t frame = 0; frame < 12; ++frame) {
        EXPECT_TRUE(std::equal(reversed.begin() + frame * width, reversed.begin() + (frame + 1) * width,
                               in_order.begin() + (11 - frame) * width));
    }
}

TYPED_TEST(Classical, MissingPointsStayZeroUnderEveryOperation) {
    for (const auto* layout : {&this->flat_, &this->raw_}) {
        std::vector<TypeParam> missing(static_cast<std::size_t>(12 * layout->width()), 0);
        const auto zeros = missing;

        rotate<TypeParam>(missing, *layout, 10);
        mirror<TypeParam>(missing, *layout, mirrored_features(*layout));

        EXPECT_EQ(missing, zeros);
        EXPECT_EQ(this->blurred(missing, *layout, this->recorded_order(), 1), zeros);
    }
}

TEST(MirroredFeatures, RefuseALayoutWithOneSideOnly) {
    EXPECT_THROW(mirrored_features({.points = {"pose.left_eye"}}), ConfigError);
}

}  // namespace
}  // namespace sslslr
