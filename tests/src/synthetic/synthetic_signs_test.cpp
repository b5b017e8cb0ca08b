#include "src/synthetic/synthetic_signs.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include <gtest/gtest.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/settings/words.hpp"
#include "src/synthetic/possible_accuracy.hpp"

namespace sslslr {
namespace {

constexpr std::size_t frame_values = 150;  // 75 points, x and y

std::vector<float> drawn(const SyntheticSigns& signs, std::int64_t clip) {
    std::vector<float> values(static_cast<std::size_t>(signs.length(clip)) * frame_values);
    signs.draw(clip, values);
    return values;
}

double distance(std::span<const float> a, std::span<const float> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum;
}

/// Share of clips in the second half of the store whose frames [first, last) are nearest to those of a clip
/// of the same class in the first half.
double nearest_neighbour(const SyntheticSigns& signs, std::size_t first, std::size_t last) {
    const auto index = signs.index();
    const auto clips = index.clips();
    std::vector<std::vector<float>> all;
    for (std::int64_t clip = 0; clip < clips; ++clip) {
        all.push_back(drawn(signs, clip));
    }
    const auto part = [&](std::int64_t clip) {
        return std::span{all[static_cast<std::size_t>(clip)]}.subspan(first * frame_values,
                                                                      (last - first) * frame_values);
    };
    double right = 0;
    for (auto query = clips / 2; query < clips; ++query) {
        std::int64_t nearest = 0;
        for (std::int64_t known = 1; known < clips / 2; ++known) {
            if (distance(part(query), part(known)) < distance(part(query), part(nearest))) {
                nearest = known;
            }
        }
        right +=
            index.labels[static_cast<std::size_t>(query)] == index.labels[static_cast<std::size_t>(nearest)];
    }
    return right / static_cast<double>(clips / 2);
}

SyntheticConfig easy(SyntheticKind kind) {
    return {.classes = 8,
            .clips = 400,
            .signers = 2,
            .length = 24,
            .first = 8,
            .last = 18,
            .kind = kind,
            .pose_frames = 2,
            .noise = 0.01,
            .clip_variation = 0.02,
            .signer_variation = 0.02};
}

TEST(SyntheticSigns, FramesBeforeAndAfterTheSignTellNothingOfItsClass) {
    for (const auto kind : {SyntheticKind::order, SyntheticKind::pose}) {
        const SyntheticSigns signs{easy(kind)};
        constexpr double chance = 1.0 / 8;
        constexpr double four_deviations = 4 * 0.0234;  // four deviations of a share of 200 clips
        EXPECT_NEAR(nearest_neighbour(signs, 0, 8), chance, four_deviations) << word_of(kind);
        EXPECT_NEAR(nearest_neighbour(signs, 18, 24), chance, four_deviations) << word_of(kind);
        EXPECT_GT(nearest_neighbour(signs, 8, 18), 0.9) << word_of(kind);
    }
}

TEST(SyntheticSigns, BitsOfAClassAreTheDirectionsOfItsMovementsFromTheEndsInwards) {
    const SyntheticSigns signs{easy(SyntheticKind::order)};
    ASSERT_EQ(signs.poses_of(0).size(), 5U);
    using Directions = std::vector<std::int64_t>;
    EXPECT_EQ(signs.poses_of(0), (Directions{0, 0, 0, 0, 0}));
    EXPECT_EQ(signs.poses_of(1), (Directions{1, 0, 0, 0, 0}));
    EXPECT_EQ(signs.poses_of(2), (Directions{0, 0, 0, 0, 1}));
    EXPECT_EQ(signs.poses_of(4), (Directions{0, 1, 0, 0, 0}));
    EXPECT_EQ(signs.poses_of(7), (Directions{1, 1, 0, 0, 1}));
}

TEST(SyntheticSigns, AMovementBackwardsShowsTheSameFramesInReverse) {
    auto config = easy(SyntheticKind::order);
    config.first = 0;
    config.last = 24;
    config.classes = 2;
    config.pose_frames = 4;
    config.noise = 0;
    config.clip_variation = 0;
    config.signer_variation = 0;
    const SyntheticSigns signs{config};
    const auto forwards = drawn(signs, 0);
    const auto backwards = drawn(signs, 1);
    for (std::size_t frame = 0; frame < 24; ++frame) {
        const auto mirrored = frame < 4 ? 3 - frame : frame;  // only the first movement differs
        for (std::size_t value = 0; value < frame_values; ++value) {
            EXPECT_NEAR(forwards[frame * frame_values + value], backwards[mirrored * frame_values + value],
                        1e-6);
        }
    }
}

TEST(SyntheticSigns, OnlyFramesOfAMovementShowItsDirection) {
    const SyntheticSigns signs{easy(SyntheticKind::order)};
    const auto evidence = signs.direction_evidence(3);
    ASSERT_EQ(evidence.size(), 5U);
    for (std::size_t movement = 0; movement < 5; ++movement) {
        EXPECT_EQ(evidence[movement].begin, 8 + 2 * static_cast<std::int64_t>(movement));
        ASSERT_EQ(evidence[movement].frames.size(), 2U);
        EXPECT_GT(evidence[movement].frames[0], 0);
    }
}

TEST(PossibleAccuracy, OfClipsTooShortForTheirMovementsIsKnown) {
    auto config = easy(SyntheticKind::order);
    config.classes = 2;
    config.length = 32;
    config.first = 15;
    config.last = 17;
    config.length_spread = 28;
    const auto possible = possible_accuracy(SyntheticSigns{config});
    EXPECT_GT(possible.start[0], 0.5);
    EXPECT_NEAR(possible.start[32], 0.5, 1e-9);
}

TEST(PossibleAccuracy, IsNotComputedWhereItWouldTakeLong) {
    EXPECT_TRUE(is_accuracy_computable({}));
    EXPECT_FALSE(is_accuracy_computable(easy(SyntheticKind::pose)));
    EXPECT_FALSE(is_accuracy_computable({.length = 100'000, .first = 0, .last = 100'000}));
}

TEST(PossibleAccuracy, HalvesWithEachMovementThatIsLostAndReachesChance) {
    auto config = easy(SyntheticKind::order);
    config.classes = 32;
    config.clips = 320;
    const auto possible = possible_accuracy(SyntheticSigns{config});
    ASSERT_EQ(possible.start.size(), 25U);
    for (std::size_t k = 0; k <= 8; ++k) {
        EXPECT_NEAR(possible.start[k], 1, 1e-9) << k;
    }
    for (std::size_t lost = 1; lost <= 5; ++lost) {
        EXPECT_NEAR(possible.start[8 + 2 * lost], std::pow(0.5, lost), 1e-9) << lost;
        EXPECT_NEAR(possible.end[6 + 2 * lost], std::pow(0.5, lost), 1e-9) << lost;
    }
    EXPECT_NEAR(possible.start[24], 1.0 / 32, 1e-9);
}

TEST(PossibleAccuracy, FallsWithNoiseAsTheNormalDistributionSays) {
    auto config = easy(SyntheticKind::order);
    config.classes = 2;
    config.clips = 1000;
    config.clip_variation = 0;
    config.signer_variation = 0;
    config.noise = 2.5;
    const SyntheticSigns signs{config};
    const auto frames = signs.direction_evidence(0).front().frames;
    const auto evidence = std::accumulate(frames.begin(), frames.end(), 0.0);
    // Right if a normal number exceeds minus half the distance; four deviations of a share of 1,000 clips.
    const double expected = 0.5 * std::erfc(-std::sqrt(evidence) / 2 / std::sqrt(2.0));
    EXPECT_GT(expected, 0.55);
    EXPECT_LT(expected, 0.97);
    EXPECT_NEAR(possible_accuracy(signs).start[0], expected, 4 * std::sqrt(0.25 / 1000));
}

TEST(PossibleAccuracy, IsNotKnownForPoses) {
    EXPECT_THROW(possible_accuracy(SyntheticSigns{easy(SyntheticKind::pose)}), ConfigError);
}

TEST(SyntheticSigns, ClassesOfKindPoseShareNone) {
    const SyntheticSigns signs{easy(SyntheticKind::pose)};
    std::set<std::int64_t> seen;
    for (std::int64_t label = 0; label < 8; ++label) {
        for (const auto pose : signs.poses_of(label)) {
            EXPECT_TRUE(seen.insert(pose).second);
        }
    }
}

TEST(SyntheticSigns, ClassesAndSignersAreBalanced) {
    const auto index = SyntheticSigns{easy(SyntheticKind::order)}.index();
    std::map<std::pair<std::int64_t, std::int64_t>, int> counts;
    for (std::size_t clip = 0; clip < index.labels.size(); ++clip) {
        ++counts[{index.labels[clip], index.signers[clip]}];
    }
    EXPECT_EQ(counts.size(), 16U);
    for (const auto& [who, count] : counts) {
        EXPECT_EQ(count, 25);
    }
    EXPECT_EQ(index.label_names.front(), "sign-01");
    EXPECT_EQ(index.point_names.size(), 75U);
}

TEST(SyntheticSigns, AClipIsAFunctionOfSeedAndNumberAlone) {
    auto more_clips = easy(SyntheticKind::order);
    more_clips.clips = 800;
    auto other_seed = easy(SyntheticKind::order);
    other_seed.seed = 1;
    const auto clip = drawn(SyntheticSigns{easy(SyntheticKind::order)}, 7);

    EXPECT_EQ(clip, drawn(SyntheticSigns{easy(SyntheticKind::order)}, 7));
    EXPECT_EQ(clip, drawn(SyntheticSigns{more_clips}, 7));
    EXPECT_NE(clip, drawn(SyntheticSigns{other_seed}, 7));
    EXPECT_NE(clip, drawn(SyntheticSigns{easy(SyntheticKind::order)}, 15))
        << "another clip of the same class";
    EXPECT_TRUE(std::ranges::all_of(clip, [](float value) { return std::isfinite(value); }));
}

TEST(SyntheticSigns, TheBoundaryScalesWithAClipsLength) {
    auto config = easy(SyntheticKind::order);
    config.length_spread = 6;
    const SyntheticSigns signs{config};
    std::set<std::int64_t> lengths;
    for (std::int64_t clip = 0; clip < config.clips; ++clip) {
        const auto length = signs.length(clip);
        lengths.insert(length);
        EXPECT_EQ(signs.boundary(clip).first, std::floor(8.0 * static_cast<double>(length) / 24 + 0.5));
        EXPECT_EQ(signs.boundary(clip).last, std::floor(18.0 * static_cast<double>(length) / 24 + 0.5));
        drawn(signs, clip);
    }
    EXPECT_EQ(*lengths.begin(), 18);
    EXPECT_EQ(*lengths.rbegin(), 30);
}

TEST(SyntheticSigns, ASignMayFillItsClip) {
    auto config = easy(SyntheticKind::order);
    config.first = 0;
    config.last = 24;

    EXPECT_GT(nearest_neighbour(SyntheticSigns{config}, 0, 24), 0.9);
}

TEST(SyntheticSigns, RefusesValuesOutOfRangeByOption) {
    const std::pair<std::string, std::function<void(SyntheticConfig&)>> refused[]{
        {"--classes 1", [](auto& c) { c.classes = 1; }},
        {"--clips 7", [](auto& c) { c.clips = 7; }},
        {"--signers 0", [](auto& c) { c.signers = 0; }},
        {"--length 0", [](auto& c) { c.length = 0; }},
        {"--length-spread 24", [](auto& c) { c.length_spread = 24; }},
        {"--first 18", [](auto& c) { c.first = 18; }},
        {"--last 25", [](auto& c) { c.last = 25; }},
        {"--noise -1", [](auto& c) { c.noise = -1; }},
        {"--pose-frames 1.5", [](auto& c) { c.pose_frames = 1.5; }},
        {"cannot distinguish 8 classes", [](auto& c) { c.last = c.first + 4; }},
    };
    for (const auto& [text, change] : refused) {
        auto config = easy(SyntheticKind::order);
        change(config);
        try {
            const SyntheticSigns signs{config};
            ADD_FAILURE() << text;
        } catch (const ConfigError& error) {
            EXPECT_NE(io::as_options(error.what()).find(text), std::string::npos) << error.what();
        }
    }
}

}  // namespace
}  // namespace sslslr
