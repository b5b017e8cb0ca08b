#include "src/evaluate/knn.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "src/evaluate/metrics.hpp"

namespace sslslr {
namespace {

torch::Tensor labels(const std::vector<std::int64_t>& values) {
    return torch::tensor(values, torch::kInt64);
}

/// Votes for one query, computed by plain loops. @param nearness  of each reference to the query
std::vector<double> brute_force(const std::vector<double>& nearness, const torch::Tensor& glosses_of,
                                std::int64_t k, std::int64_t glosses,
                                const std::function<double(double nearest, double distance)>& weight) {
    std::vector<std::pair<double, std::int64_t>> ranked;
    for (std::size_t r = 0; r < nearness.size(); ++r) {
        ranked.emplace_back(-nearness[r], glosses_of[static_cast<std::int64_t>(r)].item<std::int64_t>());
    }
    std::ranges::sort(ranked);
    std::vector<double> votes(static_cast<std::size_t>(glosses), 0.0);
    for (std::int64_t i = 0; i < k; ++i) {
        const auto& [distance, gloss] = ranked[static_cast<std::size_t>(i)];
        votes[static_cast<std::size_t>(gloss)] += weight(ranked.front().first, distance);
    }
    return votes;
}

class KnnTest : public testing::Test {
protected:
    void SetUp() override {
        torch::manual_seed(3);
        queries_ = torch::randn({6, 4}, torch::kFloat64);
        references_ = {.features = torch::randn({20, 4}, torch::kFloat64),
                       .labels = torch::randint(0, 3, {20}, torch::kInt64),
                       .glosses = 3};
    }

    template <class Nearness>
    void expect_brute_force(const torch::Tensor& votes, const Nearness& nearness, std::int64_t k,
                            const std::function<double(double, double)>& weight) {
        for (std::int64_t q = 0; q < queries_.size(0); ++q) {
            std::vector<double> near;
            for (std::int64_t r = 0; r < references_.features.size(0); ++r) {
                near.push_back(nearness(queries_[q], references_.features[r]));
            }
            const auto expected = brute_force(near, references_.labels, k, 3, weight);
            EXPECT_TRUE(torch::allclose(votes[q], torch::tensor(expected, torch::kFloat64), 1e-9, 0))
                << "query " << q;
        }
    }

    torch::Tensor queries_;
    LabelledFeatures references_;
};

TEST_F(KnnTest, CosineVotesEqualThoseOfPlainLoops) {
    const auto cosine = [](const torch::Tensor& a, const torch::Tensor& b) {
        return (a.dot(b) / (a.norm() * b.norm())).item<double>();
    };

    const auto votes = knn_cosine_votes(queries_, references_, {.k = 7, .temperature = 0.07});

    expect_brute_force(votes, cosine, 7, [](double, double distance) { return std::exp(-distance / 0.07); });
}

TEST_F(KnnTest, EuclideanVotesEqualThoseOfPlainLoops) {
    const auto nearness = [](const torch::Tensor& a, const torch::Tensor& b) {
        return -(a - b).norm().item<double>();
    };

    const auto votes = knn_euclidean_votes(queries_, references_, 5);

    expect_brute_force(votes, nearness, 5,
                       [](double nearest, double distance) { return std::pow(nearest / distance, 8); });
}

TEST_F(KnnTest, VotesDoNotDependOnTheScaleOfFeaturesUnderTheCosine) {
    auto scaled = references_;
    scaled.features = references_.features * 8;

    EXPECT_TRUE(
        torch::allclose(knn_cosine_votes(queries_ * 0.5, scaled), knn_cosine_votes(queries_, references_)));
}

TEST_F(KnnTest, MoreNeighboursThanReferencesAreAllOfThem) {
    EXPECT_TRUE(torch::equal(knn_euclidean_votes(queries_, references_, 1000),
                             knn_euclidean_votes(queries_, references_, 20)));
}

TEST(Knn, EquallyNearReferencesGoToTheSmallerGlossWhateverTheirOrder) {
    const auto query = torch::tensor({{1.0, 0.0}});
    const auto same = torch::tensor({{2.0, 0.0}, {2.0, 0.0}, {2.0, 0.0}});
    const LabelledFeatures one_way{.features = same, .labels = labels({2, 1, 0}), .glosses = 3};
    const LabelledFeatures other_way{.features = same, .labels = labels({0, 2, 1}), .glosses = 3};

    EXPECT_TRUE(torch::equal(knn_euclidean_votes(query, one_way, 2),
                             torch::tensor({{1.0, 1.0, 0.0}}, torch::kFloat64)));
    EXPECT_TRUE(
        torch::equal(knn_euclidean_votes(query, other_way, 2), knn_euclidean_votes(query, one_way, 2)));
    EXPECT_EQ(outcome(knn_cosine_votes(query, other_way), labels({0})).predicted.item<std::int64_t>(), 0);
}

TEST(Knn, NearerReferencesOutvoteMoreDistantOnes) {
    const auto query = torch::tensor({{1.0, 0.0}});
    const LabelledFeatures references{.features = torch::tensor({{1.0, 0.1}, {0.0, 1.0}, {0.0, 1.0}}),
                                      .labels = labels({0, 1, 1}),
                                      .glosses = 2};

    EXPECT_EQ(knn_cosine_votes(query, references, {.k = 3}).argmax(1).item<std::int64_t>(), 0);
    EXPECT_EQ(knn_euclidean_votes(query, references, 3).argmax(1).item<std::int64_t>(), 0);
}

TEST(Knn, OfEuclideanDistancesSeveralAlmostAsNearOutvoteTheNearest) {
    const auto query = torch::tensor({{0.0}});
    const LabelledFeatures references{
        .features = torch::tensor({{1.0}, {1.01}, {1.02}}), .labels = labels({0, 1, 1}), .glosses = 2};

    EXPECT_EQ(knn_euclidean_votes(query, references, 3).argmax(1).item<std::int64_t>(), 1);
    const auto on_it = knn_euclidean_votes(query + 1, references, 3);
    EXPECT_TRUE(torch::equal(on_it, torch::tensor({{1.0, 0.0}}, torch::kFloat64)));
}

TEST_F(KnnTest, RefusesWhatDoesNotFit) {
    EXPECT_THROW(knn_cosine_votes(queries_, references_, {.k = 0}), c10::ValueError);
    EXPECT_THROW(knn_cosine_votes(queries_, references_, {.temperature = 0}), c10::ValueError);
    EXPECT_THROW(knn_euclidean_votes(queries_.narrow(1, 0, 3), references_), c10::ValueError);
    references_.glosses = 2;
    EXPECT_THROW(knn_euclidean_votes(queries_, references_), c10::ValueError);
}

}  // namespace
}  // namespace sslslr
