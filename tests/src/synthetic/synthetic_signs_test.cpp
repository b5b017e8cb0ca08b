#include "src/synthetic/synthetic_signs.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/settings/words.hpp"

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

TEST(SyntheticSigns, EitherEndOfASignOfKindOrderHoldsABitOfItsClass) {
    const SyntheticSigns signs{easy(SyntheticKind::order)};
    for (std::int64_t label = 0; label < 8; label += 2) {
        const auto& one = signs.poses_of(label);
        const auto& other = signs.poses_of(label + 1);  // bit 0 swaps the first two
        EXPECT_EQ(one[0], other[1]);
        EXPECT_EQ(one[1], other[0]);
        EXPECT_TRUE(std::equal(one.begin() + 2, one.end(), other.begin() + 2));
    }
}

TEST(SyntheticSigns, ClassesOfKindOrderShowTheSamePosesInOrdersOfTheirOwn) {
    auto config = easy(SyntheticKind::order);
    config.classes = 24;
    config.length = 40;
    config.last = 28;
    const SyntheticSigns signs{config};
    std::set<std::vector<std::int64_t>> orders;
    for (std::int64_t label = 0; label < 24; ++label) {
        auto poses = signs.poses_of(label);
        orders.insert(poses);
        std::ranges::sort(poses);
        auto first = signs.poses_of(0);
        std::ranges::sort(first);
        EXPECT_EQ(poses, first);
    }
    EXPECT_EQ(orders.size(), 24U);
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
        {"--classes 2", [](auto& c) { c.classes = 2; }},
        {"--clips 7", [](auto& c) { c.clips = 7; }},
        {"--signers 0", [](auto& c) { c.signers = 0; }},
        {"--length 0", [](auto& c) { c.length = 0; }},
        {"--length-spread 24", [](auto& c) { c.length_spread = 24; }},
        {"--first 18", [](auto& c) { c.first = 18; }},
        {"--last 25", [](auto& c) { c.last = 25; }},
        {"--noise -1", [](auto& c) { c.noise = -1; }},
        {"--pose-frames 0.5", [](auto& c) { c.pose_frames = 0.5; }},
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
