// Boundaries that differ between clips: drawn for each clip, or given for each clip.
#include <array>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "src/augment/augmentation.hpp"
#include "src/augment/boundary_order.hpp"
#include "src/data/gather.hpp"
#include "tests/src/augment/views_fixture.hpp"
#include "tests/src/data/features_fixture.hpp"

namespace sslslr {
namespace {

/// For each frame of a view of `numbered_features`, returns its place in the recorded clip.
Numbers order_of(const PackedClips& view, std::int64_t at, const Features& features) {
    const auto first = view.offsets[static_cast<std::size_t>(at)];
    const auto value = (view.frames.slice(0, first, first + view.length(at)).select(1, 0) * 100).round();
    Numbers order;
    for (std::int64_t frame = 0; frame < view.length(at); ++frame) {
        const auto row = (value[frame].item<std::int64_t>() - 1) / features.layout.width();
        order.push_back(row -
                        features.offsets[static_cast<std::size_t>(view.ids[static_cast<std::size_t>(at)])]);
    }
    return order;
}

/// Number of frames from either end to the innermost one that moved: a lower bound of what was permuted.
struct Extent {
    std::int64_t head = 0;
    std::int64_t tail = 0;
};

/// @param middle  no permuted end reaches beyond it
Extent extent_of(const Numbers& order, std::int64_t middle) {
    Extent extent;
    for (std::int64_t frame = 0; frame < std::ssize(order); ++frame) {
        if (order[static_cast<std::size_t>(frame)] != frame) {
            if (frame < middle) {
                extent.head = frame + 1;
            } else {
                extent.tail = std::max(extent.tail, std::ssize(order) - frame);
            }
        }
    }
    return extent;
}

TEST(FixedBoundary, KeepsTheDrawsThatEarlierRunsWereMadeWith) {
    const auto features = numbered_features({64, 30});
    const Augmentation augmentation{{}, features.layout, 3};

    const auto view = augmentation.make_view(gather(features, Numbers{1}), 5, 2);

    Numbers expected(30);
    KeyedRandom random{3, Purpose::permutation, {5, 1, 2}};
    boundary_order(expected, 10, 8, random);
    EXPECT_EQ(order_of(view, 0, features), expected);
}

TEST(DrawnBoundary, LengthsAreUniformUpToTheLongest) {
    constexpr std::int64_t longest = 6;
    constexpr int epochs = 200;
    const auto clips = first_numbers(40);
    const auto features = numbered_features(Numbers(40, 2 * longest), 0, torch::kFloat64);
    const Augmentation augmentation{{.boundary = BoundaryKind::drawn}, features.layout, 1};
    std::array<int, longest + 1> heads{};
    std::array<int, longest + 1> tails{};

    for (int epoch = 0; epoch < epochs; ++epoch) {
        const auto view = augmentation.make_view(gather(features, clips), epoch, 1);
        for (const auto clip : clips) {
            const auto [head, tail] = extent_of(order_of(view, clip, features), longest);
            ++heads[static_cast<std::size_t>(head)];
            ++tails[static_cast<std::size_t>(tail)];
        }
    }

    // Of the k! orders of k frames, j! - (j - 1)! move the j-th frame and leave all later ones in place.
    constexpr double views = 40 * epochs;
    const auto factorial = [](std::int64_t n) { return std::tgamma(static_cast<double>(n) + 1); };
    for (std::int64_t j = 2; j <= longest; ++j) {
        double probability = 0;
        for (auto k = j; k <= longest; ++k) {
            probability += (factorial(j) - factorial(j - 1)) / factorial(k) / (longest + 1);
        }
        const double allowed = 5 * std::sqrt(views * probability);
        EXPECT_NEAR(heads[static_cast<std::size_t>(j)], views * probability, allowed) << j;
        EXPECT_NEAR(tails[static_cast<std::size_t>(j)], views * probability, allowed) << j;
    }
}

TEST(DrawnBoundary, BothViewsShareTheLengthsAndPermuteEachForItself) {
    const auto clips = first_numbers(50);
    const auto features = numbered_features(Numbers(50, 40), 0, torch::kFloat64);
    const Augmentation augmentation{{.boundary = BoundaryKind::drawn}, features.layout, 1};

    const auto first = augmentation.make_view(gather(features, clips), 0, 1);
    const auto second = augmentation.make_view(gather(features, clips), 0, 2);

    int different = 0;
    for (const auto clip : clips) {
        const auto one = order_of(first, clip, features);
        const auto other = order_of(second, clip, features);
        // If more than six frames are permuted, the last five all stay in place in at most 1 of 2,000 orders.
        EXPECT_LE(std::abs(extent_of(one, 20).head - extent_of(other, 20).head), 5) << clip;
        EXPECT_LE(std::abs(extent_of(one, 20).tail - extent_of(other, 20).tail), 5) << clip;
        different += one != other;
    }
    EXPECT_GT(different, 45);
}

TEST(DrawnBoundary, DependsOnClipAndEpochButNotOnTheBatch) {
    const auto features = numbered_features(Numbers(20, 40), 0, torch::kFloat64);
    const Augmentation augmentation{{.boundary = BoundaryKind::drawn}, features.layout, 1};
    const auto batch = augmentation.make_view(gather(features, first_numbers(20)), 2, 1);
    std::vector<Numbers> orders;

    for (const std::int64_t clip : {3, 17}) {
        orders.push_back(
            order_of(augmentation.make_view(gather(features, Numbers{clip}), 2, 1), 0, features));
        EXPECT_EQ(orders.back(), order_of(batch, clip, features));
    }

    EXPECT_NE(orders[0], orders[1]);
    EXPECT_NE(orders[0], order_of(augmentation.make_view(gather(features, Numbers{3}), 3, 1), 0, features));
}

}  // namespace
}  // namespace sslslr
