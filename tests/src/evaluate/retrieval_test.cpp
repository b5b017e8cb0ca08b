#include "src/evaluate/retrieval.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "tests/src/golden/golden.hpp"

namespace sslslr {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

torch::Tensor classes(const std::vector<std::int64_t>& values) {
    return torch::tensor(values, torch::kInt64);
}

/// Clips on the unit circle at these angles, in degrees.
torch::Tensor at_degrees(const std::vector<double>& degrees) {
    const auto angle = torch::tensor(degrees, torch::kFloat64).deg2rad();
    return torch::stack({angle.cos(), angle.sin()}, 1);
}

TEST(Retrieval, PlacesAndFiguresEqualHandWorkedOnes) {
    const LabelledFeatures gallery{at_degrees({0, 10, 20, 30, 40}), classes({0, 0, 1, 2, 1}), 4};

    // The nearest glosses are 0, 0, 1 ... at 1 degree and 2, 1, 1, 0 at 29 degrees. None is 3.
    const auto places = retrieval_places(at_degrees({1, 1, 29, 29, 5}), classes({0, 1, 1, 0, 3}), gallery);

    EXPECT_TRUE(torch::equal(places, torch::tensor({1.0, 3.0, 2.0, 4.0, infinity}, torch::kFloat64)));
    const auto found = retrieval_of(places);
    EXPECT_DOUBLE_EQ(found.r1, 0.2);
    EXPECT_DOUBLE_EQ(found.r5, 0.8);
    EXPECT_DOUBLE_EQ(found.r10, 0.8);
    EXPECT_DOUBLE_EQ(found.mrr, (1 + 1.0 / 3 + 1.0 / 2 + 1.0 / 4) / 5);
}

TEST(Retrieval, OfClipsAsNearThoseOfOtherGlossesComeFirst) {
    const LabelledFeatures gallery{torch::ones({6, 3}), classes({0, 1, 0, 1, 1, 0}), 2};
    for (const auto nearness : {Nearness::cosine, Nearness::euclidean}) {
        EXPECT_TRUE(torch::equal(retrieval_places(torch::ones({1, 3}), classes({0}), gallery, nearness),
                                 torch::tensor({4.0}, torch::kFloat64)));
    }
}

TEST(Retrieval, OfSeveralCopiesOfAClipTheNearestStandsForIt) {
    // Three clips, then their copies. The copy of the second clip is the nearest of all.
    const LabelledFeatures gallery{at_degrees({10, 90, 20, 15, 1, 25}), classes({0, 1, 2, 0, 1, 2}), 3};
    const auto query = at_degrees({0});

    for (const auto& [gloss, place] : {std::pair{1, 1.0}, std::pair{0, 2.0}, std::pair{2, 3.0}}) {
        EXPECT_EQ(retrieval_places(query, classes({gloss}), gallery, Nearness::cosine, 2).item<double>(),
                  place);
    }
    EXPECT_EQ(retrieval_places(query, classes({2}), gallery).item<double>(), 4) << "as clips of their own";
}

TEST(Retrieval, TheOrderOfTheGalleryAndTheScaleOfFeaturesDoNotMatterUnderTheCosine) {
    torch::manual_seed(1);
    const auto features = torch::randn({40, 8});
    const auto of_gallery = torch::arange(40).remainder(6);
    const auto queries = torch::randn({9, 8});
    const auto truth = torch::arange(9).remainder(6);
    const auto order = torch::randperm(40);

    const auto places = retrieval_places(queries, truth, {features, of_gallery, 6});

    EXPECT_TRUE(torch::equal(
        retrieval_places(queries * 7, truth,
                         {features.index_select(0, order) * 0.5, of_gallery.index_select(0, order), 6}),
        places));
}

TEST(Retrieval, EqualsNumPys) {
    const auto expected = golden::read("neighbours.json")["retrieval"];
    const LabelledFeatures gallery{golden::input(expected, "gallery"), classes(expected["labels"]), 5};
    for (const auto& [name, nearness] :
         {std::pair{"cosine", Nearness::cosine}, std::pair{"euclidean", Nearness::euclidean}}) {
        const auto places = retrieval_places(golden::input(expected, "queries"), classes(expected["truth"]),
                                             gallery, nearness);

        for (std::int64_t query = 0; query < places.size(0); ++query) {
            const auto place = expected[name]["places"][static_cast<std::size_t>(query)].get<double>();
            EXPECT_EQ(places[query].item<double>(), place > 0 ? place : infinity) << name << " " << query;
        }
        for (const auto& [figure, value] : named_figures_of_retrieval()) {
            EXPECT_NEAR(retrieval_of(places).*value, expected[name][figure].get<double>(), 1e-12) << figure;
        }
    }
}

TEST(Retrieval, RefusesWhatDoesNotFit) {
    const LabelledFeatures gallery{torch::ones({3, 2}), classes({0, 1, 1}), 2};

    EXPECT_THROW(retrieval_places(torch::ones({1, 3}), classes({0}), gallery), c10::ValueError);
    EXPECT_THROW(retrieval_places(torch::ones({1, 2}), classes({0, 1}), gallery), c10::ValueError);
    EXPECT_THROW(retrieval_places(torch::ones({1, 2}), classes({2}), gallery), c10::ValueError);
    EXPECT_THROW(retrieval_places(torch::ones({1, 2}), classes({0}), gallery, Nearness::cosine, 2),
                 c10::ValueError);
    EXPECT_THROW(retrieval_of(torch::empty({0}, torch::kFloat64)), c10::ValueError);
}

}  // namespace
}  // namespace sslslr
