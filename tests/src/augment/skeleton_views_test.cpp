#include "src/augment/skeleton_views.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "src/augment/boundary_order.hpp"
#include "src/augment/classical.hpp"
#include "tests/src/augment/views_fixture.hpp"
#include "tests/src/data/features_fixture.hpp"

namespace sslslr {
namespace {

/// The clip of the golden values as clip 1 of a data set, filled by the rule in skeleton_views.json.
Features golden_features(torch::Dtype dtype) {
    constexpr std::int64_t frames = 17;
    auto features = numbered_features({3, frames}, 3, torch::kFloat64);
    const auto t = torch::arange(frames, torch::kFloat64).unsqueeze(1);
    const auto p = torch::arange(65, torch::kFloat64);
    auto points =
        torch::stack({0.2 + torch::sin(0.37 * t + 0.11 * p), torch::cos(0.29 * t - 0.17 * p) - 0.1}, 2);
    points.select(1, 40).zero_();
    for (const auto point : {5, 50}) {
        points.select(1, point).slice(0, 1, frames, 4).zero_();
    }
    const auto time = torch::arange(frames, torch::kInt64);
    const auto flags = torch::stack({time % 2, time % 3 == 0, torch::ones_like(time)}, 1);
    features.frames.slice(0, 3).copy_(torch::cat({points.view({frames, 130}), flags.to(torch::kFloat64)}, 1));
    features.frames = features.frames.to(dtype);
    return features;
}

TEST(SkeletonViews, AreThoseOfNumpyWithEveryOperationOn) {
    std::ifstream file{GOLDEN_FOLDER "/skeleton_views.json"};
    const auto golden = nlohmann::json::parse(file);
    for (const auto& [dtype, tolerance] : {std::pair{torch::kFloat64, 1e-11}, {torch::kFloat32, 1e-5}}) {
        const auto features = golden_features(dtype);
        const Augmentation augmentation{{.kind = AugmentationKind::skeleton_boundary, .skeleton = everything},
                                        features.layout,
                                        golden["seed"]};
        for (const auto& each : golden["cases"]) {
            const auto view =
                augmentation.make_view(gather(features, Numbers{1}), each["epoch"], each["view"]);

            const auto found = view.frames.flatten().slice(0, 0, std::nullopt, golden["stride"].get<int>());
            const auto expected = torch::tensor(each["values"].get<std::vector<double>>(), torch::kFloat64);
            EXPECT_TRUE(torch::allclose(found.to(torch::kFloat64), expected, 0, tolerance)) << each["epoch"];
        }
    }
}

TEST(SkeletonViews, WithEveryOperationOffAreTheClipAsRecorded) {
    for (const auto dtype : {torch::kFloat32, torch::kFloat64}) {
        const auto features = numbered_features({1, 2, 17, 40}, 3, dtype);

        const auto view = skeleton_views(nothing, features.layout).make_view(all_clips(features), 0, 2);

        EXPECT_TRUE(torch::equal(view.frames, features.frames));
        EXPECT_EQ(view.views, Numbers(4, 2));
    }
}

TEST(SkeletonViews, DoNotDependOnTheBatchTheyAreMadeInToTheBit) {
    for (const auto dtype : {torch::kFloat32, torch::kFloat64}) {
        const auto features = numbered_features({1, 64, 3, 17, 64, 40, 2, 50}, 3, dtype);
        const auto augmentation = skeleton_views(everything, features.layout);
        const auto whole = augmentation.make_view(all_clips(features), 4, 1);

        for (const auto& part : {Numbers{7}, Numbers{5, 0, 3}, Numbers{2, 4}, Numbers{6, 1}}) {
            const auto view = augmentation.make_view(gather(features, part), 4, 1);
            for (std::size_t at = 0; at < part.size(); ++at) {
                EXPECT_TRUE(
                    torch::equal(frames_of(view, static_cast<std::int64_t>(at)), frames_of(whole, part[at])))
                    << part[at];
            }
        }
    }
}

TEST(SkeletonViews, TurningAnOperationOnChangesNoDrawOfTheOthers) {
    const auto features = golden_features(torch::kFloat64);
    const auto view_of = [&](const SkeletonViewsConfig& views) {
        return skeleton_views(views, features.layout).make_view(all_clips(features), 1, 1).frames;
    };
    auto moved = nothing;
    moved.rotation_degrees = 20;
    moved.shift = 0.3;
    auto jittered = nothing;
    jittered.jitter_body = jittered.jitter_hands = 0.1;
    auto both = moved;
    both.jitter_body = both.jitter_hands = 0.1;
    auto hidden = both;
    hidden.hide_points = 0.3;

    const auto noise = view_of(jittered) - features.frames;
    const auto without_hiding = view_of(both);
    const auto with_hiding = view_of(hidden);

    EXPECT_GT(noise.abs().max().item<double>(), 0.1);
    EXPECT_TRUE(torch::allclose(without_hiding, view_of(moved) + noise, 0, 1e-12));
    EXPECT_TRUE(torch::equal(with_hiding, torch::where(with_hiding == 0, with_hiding, without_hiding)));
}

TEST(SkeletonViews, MirroringTwiceIsIdentityAndOnceIsThatOfClassicalViews) {
    auto mirrored = nothing;
    mirrored.mirror = 1;
    for (const bool is_centred : {true, false}) {
        auto features = golden_features(torch::kFloat64);
        features.layout.centred = is_centred;
        const auto augmentation = skeleton_views(mirrored, features.layout);
        const auto recorded = all_clips(features);

        auto once = augmentation.make_view(recorded, 0, 1);
        const auto twice = augmentation.make_view(once, 0, 1);

        auto expected = recorded.frames.clone();
        mirror<double>({expected.mutable_data_ptr<double>(), static_cast<std::size_t>(expected.numel())},
                       features.layout, mirrored_features(features.layout));
        EXPECT_TRUE(torch::allclose(once.frames, expected, 0, 1e-12));
        EXPECT_TRUE(torch::allclose(twice.frames, recorded.frames, 0, 1e-12));
    }
}

TEST(SkeletonViews, MissingPointsStayMissing) {
    auto features = golden_features(torch::kFloat32);
    features.frames.slice(1, 130).fill_(1);
    auto views = everything;
    views.mirror = 0;
    const auto augmentation = skeleton_views(views, features.layout);
    for (std::int64_t epoch = 0; epoch < 20; ++epoch) {
        const auto view = augmentation.make_view(gather(features, Numbers{1}), epoch, 1);
        EXPECT_TRUE((view.frames.slice(1, 80, 82) == 0).all().item<bool>());  // point 40
        EXPECT_TRUE((augmentation.make_view({torch::zeros({9, 133}), {0, 9}, {0}, {0}}, epoch, 2).frames == 0)
                        .all()
                        .item<bool>());
    }
}

TEST(SkeletonViews, APointThatOneOfTwoFramesLacksIsTakenFromTheNearer) {
    const auto features = golden_features(torch::kFloat64);
    auto x = features.frames.select(1, 10);  // point 5 is missing in frames 1, 5, 9 and 13
    x.copy_(x != 0);
    auto views = nothing;
    views.time_crop = 0.5;
    const auto augmentation = skeleton_views(views, features.layout);
    int gaps = 0;
    for (std::int64_t epoch = 0; epoch < 50; ++epoch) {
        const auto view = augmentation.make_view(gather(features, Numbers{1}), epoch, 1).frames.select(1, 10);
        EXPECT_TRUE(((view == 0) | (view == 1)).all().item<bool>());
        gaps += (view == 0).sum().item<int>();
    }
    EXPECT_NEAR(gaps / (50.0 * 17), 0.25, 0.05);
}

TEST(SkeletonViews, ThePermutationComesLast) {
    const auto features = golden_features(torch::kFloat64);
    const Augmentation permuting{
        {.kind = AugmentationKind::skeleton_boundary, .skeleton = everything}, features.layout, 3};

    const auto view = permuting.make_view(gather(features, Numbers{1}), 5, 2);

    const auto plain =
        skeleton_views(everything, features.layout).make_view(gather(features, Numbers{1}), 5, 2);
    Numbers order(17);
    KeyedRandom random{3, Purpose::permutation, {5, 1, 2}};
    boundary_order(order, 6, 4, random);
    EXPECT_TRUE(torch::equal(view.frames, plain.frames.index_select(0, torch::tensor(order, torch::kInt64))));
}

TEST(SkeletonViews, ZTakesPartInTimeAndHidingOnly) {
    FeatureLayout layout{.points = points_of(PointSet::upper_body), .coordinates = 3};
    const auto features = clips_of(layout, 8, torch::rand({32, layout.width()}, torch::kFloat64) + 1);
    auto views = everything;
    views.time_crop = 1;
    views.speed_warp = views.mirror = views.hide_points = views.hide_hand = views.hide_frames = 0;

    const auto view = skeleton_views(views, layout).make_view(all_clips(features), 0, 1);

    EXPECT_TRUE(
        torch::equal(view.frames.slice(1, 2, std::nullopt, 3), features.frames.slice(1, 2, std::nullopt, 3)));
    EXPECT_FALSE((view.frames.slice(1, 0, std::nullopt, 3) == features.frames.slice(1, 0, std::nullopt, 3))
                     .any()
                     .item<bool>());
    views.hide_hand = 1;
    const auto without_hand = skeleton_views(views, layout).make_view(all_clips(features), 0, 1).frames == 0;
    EXPECT_EQ(without_hand.sum().item<int>(), 32 * 21 * 3);
}

}  // namespace
}  // namespace sslslr
