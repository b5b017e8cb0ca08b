#include "src/augment/augmentation.hpp"

#include <array>
#include <numeric>
#include <set>

#include <gtest/gtest.h>

#include "src/augment/classical.hpp"
#include "src/data/gather.hpp"
#include "src/errors.hpp"
#include "src/settings/words.hpp"
#include "tests/src/augment/views_fixture.hpp"
#include "tests/src/data/features_fixture.hpp"

namespace sslslr {
namespace {

const Numbers lengths{1, 2, 3, 17, 64, 40, 12, 64};
const Numbers eight_clips{0, 1, 2, 3, 4, 5, 6, 7};

constexpr std::array kinds{AugmentationKind::boundary, AugmentationKind::classical,
                           AugmentationKind::both,     AugmentationKind::none,
                           AugmentationKind::skeleton, AugmentationKind::skeleton_boundary};

Augmentation augmentation_of(AugmentationKind kind, const Features& features, std::uint64_t seed = 3) {
    return {{.kind = kind}, features.layout, seed};
}

bool same(const PackedClips& one, const PackedClips& other) {
    return torch::equal(one.frames, other.frames);
}

TEST(Augmentation, TheAnchorIsTheClipAsRecordedUnderEveryKind) {
    const auto features = numbered_features(lengths);
    for (const auto kind : kinds) {
        EXPECT_TRUE(same(augmentation_of(kind, features).make_view(gather(features, eight_clips), 0, 0),
                         gather(features, eight_clips)));
    }
}

TEST(Augmentation, NoneGivesViewsAsRecorded) {
    const auto features = numbered_features(lengths);

    const auto second =
        augmentation_of(AugmentationKind::none, features).make_view(gather(features, eight_clips), 0, 2);

    EXPECT_TRUE(same(second, gather(features, eight_clips)));
    EXPECT_EQ(second.views, Numbers(8, 2));
}

TEST(Augmentation, AViewDoesNotDependOnTheBatchItIsMadeIn) {
    const auto features = numbered_features(lengths);
    for (const auto kind : kinds) {
        const auto augmentation = augmentation_of(kind, features);
        const auto batch = augmentation.make_view(gather(features, eight_clips), 4, 1);
        const Numbers others{7, 4, 0, 5};

        const auto other_batch = augmentation.make_view(gather(features, others), 4, 1);

        for (std::size_t at = 0; at < others.size(); ++at) {
            EXPECT_TRUE(torch::equal(frames_of(other_batch, static_cast<std::int64_t>(at)),
                                     frames_of(batch, others[at])))
                << word_of(kind) << ", clip " << others[at];
        }
    }
}

TEST(Augmentation, SeedEpochClipAndViewEachGiveAnotherDraw) {
    const auto features = numbered_features({64, 64});
    for (const auto kind : {AugmentationKind::boundary, AugmentationKind::both, AugmentationKind::skeleton,
                            AugmentationKind::skeleton_boundary}) {
        const auto augmentation = augmentation_of(kind, features);
        const Numbers clip{0};
        const auto view = augmentation.make_view(gather(features, clip), 4, 1);

        EXPECT_FALSE(same(view, augmentation.make_view(gather(features, clip), 5, 1)));
        EXPECT_FALSE(same(view, augmentation.make_view(gather(features, clip), 4, 2)));
        EXPECT_FALSE(same(view, augmentation_of(kind, features, 9).make_view(gather(features, clip), 4, 1)));
        EXPECT_TRUE(same(view, augmentation.make_view(gather(features, clip), 4, 1)));
    }
    auto twins = numbered_features({64, 64});
    twins.frames.slice(0, 64, 128).copy_(twins.frames.slice(0, 0, 64).clone());
    const auto views =
        augmentation_of(AugmentationKind::boundary, twins).make_view(gather(twins, Numbers{0, 1}), 0, 1);
    EXPECT_FALSE(torch::equal(frames_of(views, 0), frames_of(views, 1)));
}

TEST(Augmentation, BoundaryMovesWholeFramesOfTheEndsOnly) {
    for (const auto dtype : {torch::kFloat32, torch::kFloat64}) {
        const auto features = numbered_features(lengths, 3, dtype);
        const auto augmentation = augmentation_of(AugmentationKind::boundary, features);
        const auto recorded = gather(features, eight_clips);
        const auto view = augmentation.make_view(gather(features, eight_clips), 0, 1);

        ASSERT_EQ(view.frames.scalar_type(), dtype);
        for (const std::int64_t clip : eight_clips) {
            const auto n = view.length(clip);
            const auto k1 = (2 * n + 3) / 6;  // n/3 and n/4, rounded half up
            const auto k2 = (2 * n + 4) / 8;
            const auto before = frames_of(recorded, clip);
            const auto after = frames_of(view, clip);
            EXPECT_TRUE(torch::equal(after.slice(0, k1, n - k2), before.slice(0, k1, n - k2)));
            // The values of numbered_features ascend, so sorting the frames by any column restores them.
            EXPECT_TRUE(torch::equal(after.index_select(0, after.select(1, 0).argsort()), before))
                << "clip " << clip;
            EXPECT_EQ(torch::equal(after.slice(0, 0, k1), before.slice(0, 0, k1)), k1 < 2);
        }
    }
}

TEST(Augmentation, ClassicalGivesTheTwoViewsOfAClipDifferentOperations) {
    const auto features = numbered_features(Numbers(60, 20));
    // Each operation leaves a trace: a flip changes the sign of the nose's x, a rotation keeps the nose's
    // distance from the origin in every frame, and a blur does neither.
    const Augmentation augmentation{
        {.kind = AugmentationKind::classical, .blur_sigma_min = 1, .flip_probability = 1},
        features.layout,
        1};
    const auto operation_of = [&](std::int64_t clip, std::int64_t view) {
        const auto before = gather(features, Numbers{clip}).frames.slice(1, 0, 2).to(torch::kFloat64);
        const auto after = augmentation.make_view(gather(features, Numbers{clip}), 0, view)
                               .frames.slice(1, 0, 2)
                               .to(torch::kFloat64);
        if ((after.select(1, 0) < 0).all().item<bool>()) {
            return 'f';
        }
        return torch::allclose(after.norm(2, 1), before.norm(2, 1), 1e-6) ? 'r' : 'b';
    };

    std::set<std::pair<char, char>> pairs;
    for (std::int64_t clip = 0; clip < 60; ++clip) {
        pairs.emplace(operation_of(clip, 1), operation_of(clip, 2));
    }

    const std::set<std::pair<char, char>> expected{{'b', 'f'}, {'b', 'r'}, {'f', 'b'},
                                                   {'f', 'r'}, {'r', 'b'}, {'r', 'f'}};
    EXPECT_EQ(pairs, expected);
}

TEST(Augmentation, BothPermutesWhatClassicalMade) {
    const auto features = numbered_features(Numbers(40, 24));
    Numbers clips(40);
    std::iota(clips.begin(), clips.end(), std::int64_t{0});
    const auto classical =
        augmentation_of(AugmentationKind::classical, features).make_view(gather(features, clips), 2, 1);
    const auto permuted =
        augmentation_of(AugmentationKind::boundary, features).make_view(gather(features, clips), 2, 1);
    const auto recorded = gather(features, clips);

    const auto both =
        augmentation_of(AugmentationKind::both, features).make_view(gather(features, clips), 2, 1);

    for (const std::int64_t clip : clips) {
        // `boundary` shows where each recorded frame goes; `both` must move the classical frames alike.
        const auto order = torch::searchsorted(frames_of(recorded, clip).select(1, 0).contiguous(),
                                               frames_of(permuted, clip).select(1, 0).contiguous());
        EXPECT_TRUE(torch::equal(frames_of(both, clip), frames_of(classical, clip).index_select(0, order)));
    }
}

TEST(Augmentation, ClassicalKeepsTheDrawsThatEarlierRunsWereMadeWith) {
    const auto features = numbered_features(Numbers(30, 9), 0, torch::kFloat64);
    const auto& layout = features.layout;
    const auto view = augmentation_of(AugmentationKind::classical, features)
                          .make_view(gather(features, first_numbers(30)), 7, 1);

    Numbers order(9);
    std::iota(order.begin(), order.end(), std::int64_t{0});
    for (std::int64_t clip = 0; clip < 30; ++clip) {
        const auto recorded = gather(features, Numbers{clip}).frames;
        const std::span<const double> before{recorded.const_data_ptr<double>(), 9 * 130};
        std::vector<double> expected{before.begin(), before.end()};
        const auto key = {std::uint64_t{7}, static_cast<std::uint64_t>(clip)};
        const auto draw = [&](Purpose purpose) {
            return KeyedRandom{3, purpose, {7, static_cast<std::uint64_t>(clip), 1}}.uniform();
        };
        switch (KeyedRandom{3, Purpose::choice, key}.below(3)) {
            case 0:
                rotate<double>(expected, layout, 30 * draw(Purpose::rotation) - 15);
                break;
            case 1:
                blur<double>(before, layout, order, 0.1 + 1.9 * draw(Purpose::blur), expected);
                break;
            default:
                if (draw(Purpose::flip) < 0.5) {
                    mirror<double>(expected, layout, mirrored_features(layout));
                }
        }
        EXPECT_TRUE(
            torch::allclose(frames_of(view, clip).flatten(), torch::tensor(expected, torch::kFloat64), 1e-12))
            << clip;
    }
}

TEST(Augmentation, PermutesTheFirstViewOnlyIfAsked) {
    const auto features = numbered_features(lengths);
    const auto recorded = gather(features, eight_clips);
    for (const auto kind :
         {AugmentationKind::boundary, AugmentationKind::both, AugmentationKind::skeleton_boundary}) {
        const auto unpermuted = kind == AugmentationKind::boundary ? AugmentationKind::none
                                : kind == AugmentationKind::both   ? AugmentationKind::classical
                                                                   : AugmentationKind::skeleton;
        const Augmentation first{{.kind = kind, .permuted_views = PermutedViews::first}, features.layout, 3};

        EXPECT_TRUE(
            same(first.make_view(recorded, 2, 1), augmentation_of(kind, features).make_view(recorded, 2, 1)));
        EXPECT_TRUE(same(first.make_view(recorded, 2, 2),
                         augmentation_of(unpermuted, features).make_view(recorded, 2, 2)));
    }
}

TEST(Augmentation, OfNoClipsIsAnEmptyBatch) {
    const auto features = numbered_features(lengths);
    for (const auto kind : kinds) {
        const auto view = augmentation_of(kind, features).make_view(gather(features, {}), 0, 1);

        EXPECT_EQ(view.clips(), 0);
        EXPECT_EQ(view.frames.sizes(), (torch::IntArrayRef{0, 130}));
    }
}

TEST(Augmentation, RefusesOptionsOutOfRange) {
    const auto layout = numbered_features({1}).layout;

    EXPECT_THROW((Augmentation{{.rotation_degrees = -1}, layout, 0}), ConfigError);
    EXPECT_THROW((Augmentation{{.blur_sigma_min = 0}, layout, 0}), ConfigError);
    EXPECT_THROW((Augmentation{{.blur_sigma_min = 3}, layout, 0}), ConfigError);
    EXPECT_THROW((Augmentation{{.flip_probability = 1.5}, layout, 0}), ConfigError);
    EXPECT_THROW((Augmentation{{.kind = AugmentationKind::skeleton, .skeleton = {.scale = 1}}, layout, 0}),
                 ConfigError);
    EXPECT_THROW((Augmentation{{.kind = AugmentationKind::both}, {.points = {"pose.left_eye"}}, 0}),
                 ConfigError);
}

}  // namespace
}  // namespace sslslr
