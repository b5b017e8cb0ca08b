#include "src/evaluate/raw_skeletons.hpp"

#include <gtest/gtest.h>

#include "src/data/points.hpp"
#include "src/errors.hpp"
#include "src/evaluate/knn.hpp"
#include "tests/src/golden/golden.hpp"

namespace sslslr {
namespace {

constexpr std::int64_t points = 65;
constexpr std::int64_t width = 2 * points;
constexpr std::int64_t vector_width = 10 * 2 * (8 + 21 + 21);
constexpr std::int64_t first_left_column = 2 * 23;
constexpr std::int64_t first_right_column = 2 * 44;

/// Clips of these lengths, filled by the formula of the golden files.
Features clips_of(const std::vector<std::int64_t>& lengths) {
    const auto packed = golden::clips(golden::whole(lengths), width, 0);
    const std::vector<std::int64_t> none(lengths.size(), 0);
    return {.frames = packed.frames.clone(),
            .offsets = packed.offsets,
            .labels = none,
            .signers = none,
            .layout = {.points = points_of(PointSet::upper_body), .coordinates = 2}};
}

using Clips = std::vector<std::int64_t>;

torch::Tensor of_gallery(const RawSkeletons& skeletons, std::int64_t clips) {
    return skeletons.gallery(torch::zeros({clips}, torch::kInt64), 1).features;
}

class RawSkeletonsTest : public testing::Test {
protected:
    /// The columns of one hand.
    torch::Tensor hand(std::int64_t first) { return features_.frames.slice(1, first, first + 2 * 21); }

    Features features_ = clips_of({4, 12, 1, 9, 6});
};

TEST_F(RawSkeletonsTest, EqualNumPysByDistanceAndVote) {
    const auto expected = golden::read("neighbours.json")["raw_skeletons"];
    hand(first_left_column).slice(0, 4, 16).zero_();  // clip 1
    const RawSkeletons skeletons{features_, Clips{0, 1, 2}};

    const auto gallery = skeletons.gallery(torch::tensor({0, 1, 2}, torch::kInt64), 3);
    const auto queries = skeletons.of(Clips{3, 4});

    const auto distances = torch::cdist(queries, gallery.features, 2, 2);
    EXPECT_TRUE(torch::allclose(distances, golden::matrix(expected["distances"]), 1e-10, 1e-10)) << distances;
    const auto votes = knn_euclidean_votes(queries, gallery, 6);
    EXPECT_TRUE(torch::allclose(votes, golden::matrix(expected["votes"]), 1e-9, 1e-9)) << votes;
}

TEST_F(RawSkeletonsTest, HandsDoNotDependOnPlaceAndSizeAndArmsTellWhereTheyAre) {
    const RawSkeletons before{features_, Clips{0, 1, 2, 3}};
    auto moved = features_;
    moved.frames = features_.frames.clone();
    moved.frames.slice(1, first_left_column, first_right_column).mul_(3).add_(0.5);
    const RawSkeletons after{moved, Clips{0, 1, 2, 3}};

    const auto hands = [](const RawSkeletons& skeletons) {
        return of_gallery(skeletons, 4).slice(0, 0, 4).slice(1, 10 * 2 * 8);
    };
    EXPECT_TRUE(torch::allclose(hands(before), hands(after), 1e-9, 1e-9));
    EXPECT_FALSE(torch::allclose(of_gallery(before, 4), of_gallery(after, 4)));
}

TEST_F(RawSkeletonsTest, BlocksWeighAlikeOverTheGallery) {
    const auto gallery = of_gallery(RawSkeletons{features_, Clips{0, 1, 3, 4}}, 4);

    ASSERT_EQ(gallery.sizes(), (std::vector<std::int64_t>{8, vector_width}));
    for (const auto& block : gallery.split({10 * 2 * 8, 10 * 2 * 21, 10 * 2 * 21}, 1)) {
        EXPECT_NEAR(block.square().sum(1).mean().item<double>(), 1, 1e-12);
    }
}

TEST_F(RawSkeletonsTest, AClipSignedWithTheOtherHandLiesOnItsMirroredCopy) {
    // Clip 1 becomes the mirror image of clip 0.
    auto both = clips_of({12, 12});
    const auto recorded = both.frames.slice(0, 0, 12).view({12, points, 2});
    std::vector<std::int64_t> partners;
    for (const auto& point : both.layout.points) {
        partners.push_back(positions_of({mirrored(point)}, both.layout.points).front());
    }
    both.frames.slice(0, 12, 24).copy_(
        (recorded.index_select(1, torch::tensor(partners)) * torch::tensor({-1.0, 1.0}, torch::kFloat64))
            .reshape({12, width}));

    const RawSkeletons skeletons{both, Clips{0}};

    const auto gallery = of_gallery(skeletons, 1);
    EXPECT_TRUE(torch::allclose(skeletons.of(Clips{1})[0], gallery[1], 1e-9, 1e-9));
    EXPECT_FALSE(torch::allclose(skeletons.of(Clips{1})[0], gallery[0], 1e-3, 1e-3));
}

TEST_F(RawSkeletonsTest, AHandThatWasNeverSeenIsZerosAndStaysFinite) {
    hand(first_left_column).zero_();
    hand(first_right_column).zero_();

    const auto gallery = of_gallery(RawSkeletons{features_, Clips{0, 1}}, 2);

    EXPECT_TRUE(gallery.isfinite().all().item<bool>());
    EXPECT_EQ(gallery.slice(1, 10 * 2 * 8).abs().max().item<double>(), 0);
}

TEST_F(RawSkeletonsTest, RefuseClipsThatAreNotThere) {
    EXPECT_THROW((RawSkeletons{features_, Clips{5}}), c10::ValueError);
    EXPECT_THROW((RawSkeletons{features_, Clips{}}), c10::ValueError);
    EXPECT_THROW((RawSkeletons{features_, Clips{0}, 0}), c10::ValueError);
    features_.layout.points.back() = "right_hand.another";
    EXPECT_THROW((RawSkeletons{features_, Clips{0}}), ConfigError);
}

}  // namespace
}  // namespace sslslr
