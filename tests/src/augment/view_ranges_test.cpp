// What each operation of skeleton views draws, within which range and how often, and which values it changes.
#include <cmath>

#include <gtest/gtest.h>

#include "src/data/points.hpp"
#include "src/errors.hpp"
#include "tests/src/augment/views_fixture.hpp"

namespace sslslr {
namespace {

constexpr std::int64_t clip_count = 400;

FeatureLayout three_points() {
    return {.points = {"pose.nose", "left_hand.wrist", "right_hand.wrist"}, .flags = 3};
}

/// Clips of the whole upper body with flags, in which every value is 1.
Features ones(std::int64_t length) {
    FeatureLayout layout{.points = points_of(PointSet::upper_body), .flags = 3};
    return clips_of(layout, length, torch::ones({clip_count * length, layout.width()}, torch::kFloat64));
}

/// Views of all clips, [clip_count, T, F].
torch::Tensor views_of(const Features& features, const SkeletonViewsConfig& config) {
    const auto view = skeleton_views(config, features.layout).make_view(all_clips(features), 0, 1);
    return view.frames.view({clip_count, -1, features.layout.width()});
}

/// Expects the draws to be uniform: all within the range, their mean in its middle, both ends nearly reached.
void expect_uniform(const torch::Tensor& draws, double least, double most) {
    const double width = most - least;
    EXPECT_GE(draws.min().item<double>(), least - 1e-9);
    EXPECT_LE(draws.max().item<double>(), most + 1e-9);
    EXPECT_LT(draws.min().item<double>(), least + 0.03 * width);
    EXPECT_GT(draws.max().item<double>(), most - 0.03 * width);
    EXPECT_NEAR(draws.mean().item<double>(), (least + most) / 2, 5 * width / std::sqrt(12.0 * clip_count));
}

/// The times that views of 21-frame clips show, [clip_count, T], read from a nose that moves by 1 per frame.
torch::Tensor times_of(const SkeletonViewsConfig& config) {
    auto features = ones(21);
    features.frames.view({clip_count, 21, -1}).select(2, 0).copy_(torch::arange(21, torch::kFloat64));
    return views_of(features, config).select(2, 0);
}

TEST(TimeCrop, KeepsAShareThatLiesAnywhereInTheClip) {
    auto config = nothing;
    config.time_crop = 0.6;

    const auto times = times_of(config);

    const auto share = (times.select(1, 20) - times.select(1, 0)) / 20;
    expect_uniform(share, 0.6, 1);
    expect_uniform(times.select(1, 0) / 20 / (1 - share), 0, 1);
    EXPECT_TRUE(torch::allclose(times.diff(), share.unsqueeze(1).expand({clip_count, 20})));
}

TEST(SpeedWarp, VariesTheSpeedAndKeepsOrderAndEnds) {
    auto config = nothing;
    config.speed_warp = 0.9;

    const auto times = times_of(config);

    EXPECT_TRUE((times.select(1, 0) == 0).all().item<bool>());
    EXPECT_TRUE(torch::allclose(times.select(1, 20), torch::full({clip_count}, 20.0, torch::kFloat64)));
    EXPECT_GT(times.diff().min().item<double>(), 0.1 - 1e-9);
    EXPECT_LT(times.diff().max().item<double>(), 1.9 + 1e-9);
    EXPECT_LT(times.diff().min().item<double>(), 0.2);
    EXPECT_GT(times.diff().max().item<double>(), 1.8);
}

/// The affine maps of views of one frame, [clip_count, 2, 3], computed from the images of three points.
torch::Tensor maps_of(const SkeletonViewsConfig& config, bool is_centred = true) {
    auto layout = three_points();
    layout.centred = is_centred;
    const auto frame = torch::tensor({1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0}, torch::kFloat64);
    const auto points = views_of(clips_of(layout, 1, frame.repeat({clip_count, 1})), config).slice(2, 0, 6);
    const auto at = points.view({clip_count, 3, 2});
    const auto of_x = at.select(1, 2) - at.select(1, 1);
    const auto of_y = at.select(1, 2) - at.select(1, 0);
    return torch::stack({of_x, of_y, at.select(1, 0) - of_x}, 2);
}

torch::Tensor entry(const torch::Tensor& maps, std::int64_t row, std::int64_t column) {
    return maps.select(1, row).select(1, column);
}

TEST(ViewRotation, IsUniformToEitherSide) {
    auto config = nothing;
    config.rotation_degrees = 20;

    const auto maps = maps_of(config);

    expect_uniform(torch::atan2(entry(maps, 1, 0), entry(maps, 0, 0)) * 180 / M_PI, -20, 20);
    EXPECT_TRUE(torch::allclose(maps.slice(2, 0, 2).matmul(maps.slice(2, 0, 2).transpose(1, 2)),
                                torch::eye(2, torch::kFloat64).expand({clip_count, 2, 2})));
    EXPECT_TRUE(torch::allclose(maps.select(2, 2), torch::zeros({clip_count, 2}, torch::kFloat64)));
}

TEST(ViewRotation, TurnsRawCoordinatesAboutTheMiddleOfTheImage) {
    auto config = nothing;
    config.rotation_degrees = 180;
    config.scale = 0.5;

    const auto maps = maps_of(config, /*is_centred=*/false);

    const auto middle = torch::full({2, 1}, 0.5, torch::kFloat64);
    EXPECT_TRUE(torch::allclose(maps.slice(2, 0, 2).matmul(middle) + maps.slice(2, 2),
                                middle.expand({clip_count, 2, 1})));
}

TEST(ViewScale, ChangesEachAxisByItself) {
    auto config = nothing;
    config.scale = 0.25;

    const auto maps = maps_of(config);

    expect_uniform(entry(maps, 0, 0), 0.75, 1.25);
    expect_uniform(entry(maps, 1, 1), 0.75, 1.25);
    expect_uniform((entry(maps, 0, 0) > 1).logical_xor(entry(maps, 1, 1) > 1).to(torch::kFloat64), 0, 1);
    EXPECT_LT(entry(maps, 0, 1).abs().max().item<double>(), 1e-12);
}

TEST(ViewShear, MovesXAlongY) {
    auto config = nothing;
    config.shear = 0.2;

    const auto maps = maps_of(config);

    expect_uniform(entry(maps, 0, 1), -0.2, 0.2);
    EXPECT_LT(entry(maps, 1, 0).abs().max().item<double>(), 1e-12);
    EXPECT_TRUE(torch::allclose(entry(maps, 0, 0), torch::ones({clip_count}, torch::kFloat64)));
}

TEST(ViewShift, MovesEachAxisByItself) {
    auto config = nothing;
    config.shift = 0.15;

    const auto maps = maps_of(config);

    expect_uniform(entry(maps, 0, 2), -0.15, 0.15);
    expect_uniform(entry(maps, 1, 2), -0.15, 0.15);
    EXPECT_FALSE(torch::allclose(entry(maps, 0, 2), entry(maps, 1, 2)));
}

TEST(Jitter, IsNearlyNormalNoiseOfEachFramePointAndCoordinate) {
    auto config = nothing;
    config.jitter_body = 0.01;
    config.jitter_hands = 0.03;

    const auto noise = views_of(ones(10), config) - 1;

    const auto body = noise.slice(2, 0, 46);
    const auto hands = noise.slice(2, 46, 130);
    EXPECT_NEAR(body.std().item<double>(), 0.01, 0.0001);
    EXPECT_NEAR(hands.std().item<double>(), 0.03, 0.0002);
    EXPECT_NEAR((body / 0.01).mean().item<double>(), 0, 0.01);
    EXPECT_NEAR((body / 0.01).pow(4).mean().item<double>(), 2.7, 0.05);  // of four uniform draws: 3 - 1.2 / 4
    EXPECT_LT(body.abs().max().item<double>(), 0.01 * 3.46);
    EXPECT_EQ(noise.slice(2, 130).abs().max().item<double>(), 0);
    // The noise of neighbouring clips, frames and values is uncorrelated.
    for (const std::int64_t dimension : {0, 1, 2}) {
        const auto last = body.size(dimension) - 1;
        const auto product = body.slice(dimension, 0, last) * body.slice(dimension, 1, last + 1);
        EXPECT_NEAR(product.mean().item<double>() / 1e-4, 0, 0.015) << dimension;
    }
}

TEST(HideHand, TakesOneHandFromAShareOfTheViews) {
    auto config = nothing;
    config.hide_hand = 0.3;

    const auto views = views_of(ones(5), config);

    const auto lost = [&](std::int64_t first, std::int64_t last) {
        const auto zero = views.slice(2, first, last) == 0;
        const auto any = zero.flatten(1).any(1);
        EXPECT_TRUE(torch::equal(any, zero.flatten(1).all(1)));
        return any;
    };
    const auto left = lost(46, 88);
    const auto right = lost(88, 130);
    EXPECT_NEAR(left.sum().item<double>(), 0.15 * clip_count, 5 * std::sqrt(0.13 * clip_count));
    EXPECT_NEAR(right.sum().item<double>(), 0.15 * clip_count, 5 * std::sqrt(0.13 * clip_count));
    EXPECT_FALSE(left.logical_and(right).any().item<bool>());
    EXPECT_FALSE(lost(0, 46).any().item<bool>());
    EXPECT_TRUE(torch::equal(lost(131, 132), left));
    EXPECT_TRUE(torch::equal(lost(132, 133), right));
    EXPECT_FALSE(lost(130, 131).any().item<bool>());
}

TEST(HidePoints, TakesPointsThroughoutTheView) {
    auto config = nothing;
    config.hide_points = 0.2;

    const auto lost = views_of(ones(5), config).slice(2, 0, 130) == 0;

    EXPECT_TRUE(torch::equal(lost.any(1), lost.all(1)));
    EXPECT_TRUE(torch::equal(lost.slice(2, 0, 130, 2), lost.slice(2, 1, 130, 2)));
    EXPECT_NEAR(lost.to(torch::kFloat64).mean().item<double>(), 0.2, 5 * std::sqrt(0.16 / (65 * clip_count)));
}

TEST(HideFrames, TakesBothHandsFromAStretchOfFrames) {
    auto config = nothing;
    config.hide_frames = 0.3;

    const auto views = views_of(ones(21), config);

    const auto lost = views.select(2, 46) == 0;
    EXPECT_TRUE(torch::equal(views.slice(2, 46, 130) == 0, lost.unsqueeze(2).expand({clip_count, 21, 84})));
    EXPECT_TRUE(torch::equal(views.slice(2, 131) == 0, lost.unsqueeze(2).expand({clip_count, 21, 2})));
    EXPECT_FALSE((views.slice(2, 0, 46) == 0).any().item<bool>());
    EXPECT_EQ(lost.to(torch::kInt64).diff().abs().sum(1).max().item<int>(), 2);  // a single stretch
    expect_uniform(lost.sum(1).to(torch::kFloat64), 0, 6);
    EXPECT_GT(lost.any(0).sum().item<int>(), 20);  // the stretch may be anywhere
}

TEST(MirrorViews, TakesPlaceInAShareOfTheViews) {
    auto config = nothing;
    config.mirror = 0.4;

    const auto mirrored = views_of(ones(3), config).select(2, 0).lt(0);

    EXPECT_TRUE(torch::equal(mirrored.any(1), mirrored.all(1)));
    EXPECT_NEAR(mirrored.any(1).sum().item<double>(), 0.4 * clip_count, 5 * std::sqrt(0.24 * clip_count));
}

TEST(SkeletonViewsConfig, IsRefusedOutOfRangeByTheNameOfTheOption) {
    const auto refuses = [](const std::string& name, double SkeletonViewsConfig::*field, double value) {
        auto config = nothing;
        config.*field = value;
        try {
            check(config, three_points());
            ADD_FAILURE() << name << " " << value << " was taken";
        } catch (const ConfigError& error) {
            EXPECT_NE(std::string{error.what()}.find(name), std::string::npos) << error.what();
        }
    };
    refuses("time-crop", &SkeletonViewsConfig::time_crop, 0);
    refuses("time-crop", &SkeletonViewsConfig::time_crop, 1.1);
    refuses("speed-warp", &SkeletonViewsConfig::speed_warp, 1);
    refuses("mirror-views", &SkeletonViewsConfig::mirror, -0.1);
    refuses("view-rotation", &SkeletonViewsConfig::rotation_degrees, 181);
    refuses("view-scale", &SkeletonViewsConfig::scale, 1);
    refuses("view-shear", &SkeletonViewsConfig::shear, -1);
    refuses("view-shift", &SkeletonViewsConfig::shift, NAN);
    refuses("jitter-body", &SkeletonViewsConfig::jitter_body, -1);
    refuses("jitter-hands", &SkeletonViewsConfig::jitter_hands, 2);
    refuses("hide-hand", &SkeletonViewsConfig::hide_hand, 1.5);
    refuses("hide-points", &SkeletonViewsConfig::hide_points, 1);
    refuses("hide-frames", &SkeletonViewsConfig::hide_frames, 2);
}

TEST(SkeletonViewsConfig, HasNoLengthsOfRawCoordinates) {
    auto raw = three_points();
    raw.centred = false;

    EXPECT_THROW(check({}, raw), ConfigError);
    EXPECT_NO_THROW(check({.shift = 0, .jitter_body = 0, .jitter_hands = 0}, raw));
    EXPECT_NO_THROW(check({}, three_points()));
}

}  // namespace
}  // namespace sslslr
