#include "src/boundary/differing_frames.hpp"

#include <numeric>
#include <vector>

#include <ATen/CPUGeneratorImpl.h>
#include <gtest/gtest.h>

namespace sslslr {
namespace {

constexpr std::int64_t class_count = 4;

/// Clips of noise by three signers, each with an offset of their own from the middle on. Classes differ from
/// frame `first` to before `last` of 20; every second clip shows the same at half the speed.
struct Data {
    explicit Data(std::int64_t first, std::int64_t last, std::uint64_t seed = 1,
                  std::int64_t clip_count = 120)
        : clips(static_cast<std::size_t>(clip_count)) {
        features.layout.points = {"pose.nose", "pose.left_shoulder", "pose.right_shoulder"};
        features.offsets = {0};
        for (std::int64_t clip = 0; clip < clip_count; ++clip) {
            features.offsets.push_back(features.offsets.back() + 20 * (1 + clip % 2));
            features.labels.push_back(clip / 2 % class_count);
            features.signers.push_back(clip % 3);
        }
        const auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
        features.frames = torch::randn({features.offsets.back(), 6}, generator, torch::kFloat32);
        for (std::int64_t clip = 0; clip < clip_count; ++clip) {
            const auto speed = 1 + clip % 2;
            const auto frames = [&](std::int64_t from, std::int64_t to) {
                const auto begin = features.offsets[static_cast<std::size_t>(clip)];
                return features.frames.slice(0, begin + speed * from, begin + speed * to);
            };
            frames(10, 20) += 10 * static_cast<double>(clip % 3);
            frames(first, last).select(1, clip / 2 % class_count) += 2;
        }
        std::iota(clips.begin(), clips.end(), std::int64_t{0});
    }
    std::optional<ClipBoundary> differing(std::int64_t frames = 20) const {
        return differing_frames(features, clips, features.labels, frames);
    }

    Features features;
    std::vector<std::int64_t> clips;
};

TEST(DifferingFrames, AreThoseInWhichClassesDiffer) {
    EXPECT_EQ((Data{5, 12}.differing()), (ClipBoundary{5, 8}));
    EXPECT_EQ((Data{0, 20}.differing()), (ClipBoundary{0, 0}));
    EXPECT_EQ((Data{19, 20}.differing()), (ClipBoundary{19, 0}));
    EXPECT_EQ((Data{5, 12}.differing(40)), (ClipBoundary{10, 16})) << "in frames of a longer clip";
}

TEST(DifferingFrames, AreNamedByChanceInFiveOfAHundredDataSetsAtMost) {
    int named = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        named += Data(0, 0, seed).differing().has_value() ? 1 : 0;
    }
    EXPECT_LE(named, 8) << "3 are expected, and more than 8 in 3 of 1,000 cases";
}

TEST(DifferingFrames, AreFoundAmongMoreClipsThanAreUsed) {
    EXPECT_EQ((Data{5, 12, 1, 12'000}.differing()), (ClipBoundary{5, 8}));
}

TEST(DifferingFrames, AreNoneWithoutTwoClassesOrMoreClipsThanClasses) {
    const Data data{5, 12};
    const std::vector<std::int64_t> few{0, 2, 4, 6};
    EXPECT_FALSE(differing_frames(data.features, few, std::vector<std::int64_t>{0, 1, 2, 3}, 20));
    EXPECT_FALSE(differing_frames(data.features, few, std::vector<std::int64_t>{1, 1, 1, 1}, 20));
    EXPECT_FALSE(differing_frames(data.features, {}, {}, 20));
}

TEST(DifferingFrames, NeedNeitherAllClassNumbersNorAllSigners) {
    Data data{5, 12};
    for (auto& label : data.features.labels) {
        label = 10 * label + 3;
    }
    for (auto& signer : data.features.signers) {
        signer = 5 * signer - 1;  // -1: not known
    }
    EXPECT_EQ(data.differing(), (ClipBoundary{5, 8}));
}

}  // namespace
}  // namespace sslslr
