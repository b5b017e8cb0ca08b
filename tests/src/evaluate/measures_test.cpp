#include "src/evaluate/measures.hpp"

#include <cmath>

#include <gtest/gtest.h>
#include <torch/nn/functional/normalization.h>

namespace sslslr {
namespace {

/// Two classes on the two axes of a plane, each with a vector of length 1 and one of length 3.
const auto cross = [] {
    return torch::tensor({{1.0, 0.0}, {3.0, 0.0}, {0.0, 1.0}, {0.0, 3.0}}, torch::kFloat64);
};
const auto two_classes = [] { return torch::tensor({0, 0, 1, 1}, torch::kInt64); };

TEST(Measures, EqualHandWorkedValues) {
    const auto m = measure_embedding(cross(), two_classes());

    EXPECT_DOUBLE_EQ(m.inertia, 1);             // every clip is 1 away from its class mean, at 2
    EXPECT_DOUBLE_EQ(m.inertia_normalised, 0);  // clips of a class coincide after normalisation
    EXPECT_DOUBLE_EQ(m.within_share, 0);
    EXPECT_DOUBLE_EQ(m.alignment, 0);
    EXPECT_DOUBLE_EQ(m.negative_similarity, 0);
    EXPECT_DOUBLE_EQ(m.spread, std::sqrt(1.5));  // 1, 3, 0, 0: mean 1, squares 0, 4, 1, 1
    // Of 12 ordered pairs, 4 coincide and 8 are sqrt(2) apart.
    EXPECT_NEAR(m.uniformity, std::log((4 + 8 * std::exp(-4.0)) / 12), 1e-12);
}

TEST(Measures, AShrinkingEmbeddingWinsOnRawFeaturesAlone) {
    torch::manual_seed(0);
    const auto features = torch::randn({30, 5}, torch::kFloat64);
    const auto labels = torch::arange(30, torch::kInt64).remainder(3);
    const auto large = measure_embedding(features, labels);
    const auto small = measure_embedding(0.1 * features, labels);

    EXPECT_NEAR(small.inertia, 0.01 * large.inertia, 1e-12);
    EXPECT_NEAR(small.inertia_normalised, large.inertia_normalised, 1e-12);
    EXPECT_NEAR(small.effective_rank, large.effective_rank, 1e-9);
}

TEST(Measures, PartsOfTheInertiaAddUp) {
    torch::manual_seed(1);
    const auto unit = torch::nn::functional::normalize(torch::randn({40, 6}, torch::kFloat64));
    const auto labels = torch::arange(40, torch::kInt64).remainder(4);
    const auto m = measure_embedding(unit, labels);
    double between = 0;
    for (std::int64_t label = 0; label < 4; ++label) {
        between += (unit.index({labels == label}).mean(0) - unit.mean(0)).square().sum().item<double>() / 4;
    }

    EXPECT_NEAR(m.within_share, m.inertia_normalised / (m.inertia_normalised + between), 1e-12);
}

TEST(Measures, TheEffectiveRankCountsEqualDirections) {
    const auto plus_and_minus = torch::cat({torch::eye(4, torch::kFloat64), -torch::eye(4, torch::kFloat64)});

    EXPECT_NEAR(measure_embedding(plus_and_minus, torch::zeros({8}, torch::kInt64)).effective_rank, 4, 1e-9);
}

TEST(Measures, ACollapsedEmbeddingHasNoSpreadAndNoRank) {
    const auto m =
        measure_embedding(torch::full({6, 3}, 0.3), torch::tensor({0, 0, 0, 1, 1, 1}, torch::kInt64));

    EXPECT_NEAR(m.spread, 0, 1e-12);
    EXPECT_EQ(m.effective_rank, 0);
    EXPECT_EQ(m.within_share, 1);
    EXPECT_NEAR(m.negative_similarity, 1, 1e-6);
    EXPECT_NEAR(m.uniformity, 0, 1e-6);
}

TEST(Measures, OfOneClipAreDefined) {
    const auto m = measure_embedding(torch::ones({1, 3}), torch::zeros({1}, torch::kInt64));

    EXPECT_EQ(m.inertia, 0);
    EXPECT_EQ(m.uniformity, 0);
    EXPECT_EQ(m.negative_similarity, 0);
}

TEST(Measures, OfOneClassAndOfFeaturesOfZerosAreDefined) {
    const auto one_class = measure_embedding(cross(), torch::zeros({4}, torch::kInt64));
    const auto zeros = measure_embedding(torch::zeros({4, 2}), two_classes());

    EXPECT_EQ(one_class.within_share, 1);
    EXPECT_EQ(one_class.negative_similarity, 0);
    EXPECT_NEAR(one_class.alignment, 8.0 / 6, 1e-12);  // 4 of 6 pairs are sqrt(2) apart
    EXPECT_EQ(zeros.within_share, 1);
    EXPECT_EQ(zeros.effective_rank, 0);
    EXPECT_EQ(zeros.uniformity, 0);
    EXPECT_EQ(zeros.negative_similarity, 0);
}

TEST(Measures, OfMoreClipsThanABlockHoldsAreTheSame) {
    const auto many = cross().repeat({2'000, 1});  // 64 million pairs: four blocks

    const auto m = measure_embedding(many, two_classes().repeat({2'000}));

    const double pairs = 8'000.0 * 7'999;
    EXPECT_NEAR(m.uniformity, std::log((8'000.0 * 3'999 + 8'000.0 * 4'000 * std::exp(-4.0)) / pairs), 1e-9);
}

TEST(Measures, RefuseFeaturesThatAreNotNumbers) {
    auto features = cross();
    features[1][0] = std::nan("");

    EXPECT_THROW(measure_embedding(features, two_classes()), c10::ValueError);
}

TEST(Measures, RefuseShapesThatDisagree) {
    EXPECT_THROW(measure_embedding(torch::ones({2, 3}), torch::zeros({1}, torch::kInt64)), c10::ValueError);
    EXPECT_THROW(measure_embedding(torch::ones({0, 3}), torch::zeros({0}, torch::kInt64)), c10::ValueError);
    EXPECT_THROW(measure_embedding(torch::ones({1, 3}), torch::full({1}, -1, torch::kInt64)),
                 c10::ValueError);
}

}  // namespace
}  // namespace sslslr
