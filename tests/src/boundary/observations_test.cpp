#include "src/boundary/observations.hpp"

#include <cmath>

#include <gtest/gtest.h>
#include <torch/types.h>

#include "src/boundary/paired_model.hpp"
#include "src/boundary/race.hpp"
#include "src/boundary/search_jobs.hpp"
#include "src/data/keyed_random.hpp"
#include "src/errors.hpp"
#include "tests/src/boundary/drive.hpp"

namespace sslslr {
namespace {

/// One clip per entry, which is right at that k1 and at no other, in every repeat.
Correctness right_only_at(const std::vector<std::int64_t>& where, std::int64_t repeats = 4) {
    Correctness data{.boundaries = {{0, 0}, {4, 0}, {8, 0}}, .correct = {}};
    for (const auto& [k1, k2] : data.boundaries) {
        std::vector<bool> bits;
        for (const auto own : where) {
            bits.push_back(own == k1);
        }
        data.correct.emplace_back(static_cast<std::size_t>(repeats), bits);
    }
    return data;
}

TEST(OwnBoundaries, AClipsOwnBoundaryAndWhatTheGlobalOneCostsIt) {
    const auto own = own_boundaries(right_only_at({0, 4, 8}), {4, 0});

    EXPECT_EQ(own.best, (std::vector<ClipBoundary>{{0, 0}, {4, 0}, {8, 0}}));
    EXPECT_EQ(own.loss, (std::vector<double>{1, 0, 1}));
}

TEST(OwnBoundaries, AClipWithoutPreferenceTakesTheGlobalOneAndLosesNothing) {
    auto data = right_only_at({0});
    for (auto& repeats : data.correct) {
        for (auto& bits : repeats) {
            bits[0] = true;
        }
    }

    const auto own = own_boundaries(data, {4, 0});

    EXPECT_EQ(own.best[0], (ClipBoundary{4, 0}));
    EXPECT_FALSE(own.has_preference[0]);
    EXPECT_EQ(own.loss[0], 0);
}

TEST(OwnBoundaries, NoiseAloneCostsNothingWhereChoosingAndScoringAreApart) {
    constexpr std::size_t clips = 4000;
    Correctness data{.boundaries = {{0, 0}, {4, 0}, {4, 4}, {8, 4}}, .correct = {}};
    KeyedRandom random{0, Purpose::bootstrap, {}};
    for (std::size_t each = 0; each < data.boundaries.size(); ++each) {
        data.correct.emplace_back();
        for (int repeat = 0; repeat < 6; ++repeat) {
            std::vector<bool> bits(clips);
            for (std::size_t clip = 0; clip < clips; ++clip) {
                bits[clip] = random.uniform() < 0.7;
            }
            data.correct.back().push_back(bits);
        }
    }

    const auto own = own_boundaries(data, {4, 0});

    const auto mean = [](const std::vector<double>& values) {
        return torch::tensor(values, torch::kFloat64).mean().item<double>();
    };
    EXPECT_NEAR(mean(own.loss), 0, 0.02);
    EXPECT_GT(mean(own.inflated_loss), 0.1) << "which chosen and scored on the same runs looks like a loss";
}

TEST(OwnBoundaries, RefusesWhatItCannotSplitOrDidNotTest) {
    EXPECT_THROW(own_boundaries(right_only_at({0}, 1), {4, 0}), c10::ValueError);
    EXPECT_THROW(own_boundaries(right_only_at({0}), {5, 0}), c10::ValueError);
}

/// The verdict on k as an answer, by the oracle's results at every k.
Verdict verdict_on(std::int64_t k, const AssumedAccuracy& oracle, const SearchConfig& config) {
    const Lookup lookup = [&](const Trial& trial) { return Known{Known::Status::done, oracle.of(trial)}; };
    std::vector<Point> points{point_of(Side::start, 0, config.repeats, lookup)};
    for (const auto tested : grid_of(config)) {
        points.push_back(point_of(Side::start, tested, config.repeats, lookup));
    }
    return verdict_of({.progress = SideSearch::Progress::answered, .k = k}, judge_all(points, config.margin),
                      config);
}

TEST(VerdictTest, ABoundaryIsSupportedIfPermutingMoreIsWorse) {
    const SearchConfig config{.frames = 32, .step = 4, .repeats = 5};

    const auto planted = verdict_on(8, {.planted_k1 = 8, .rise = 0.05, .slope = 0.03, .noise = 0.01}, config);
    EXPECT_TRUE(planted.is_supported);
    EXPECT_EQ(planted.answer->k, 8);
    EXPECT_LT(planted.answer->worse, 0.01);
    EXPECT_GT(planted.larger->worse, 0.99);
    EXPECT_FALSE(verdict_on(32, {.slope = 0, .noise = 0.05}, config).is_supported) << "flat to the end";
    EXPECT_FALSE(verdict_on(0, {.planted_k1 = 0, .slope = 0.03, .noise = 0.01}, config).is_supported)
        << "nothing to permute";
    EXPECT_FALSE(verdict_on(8, {.planted_k1 = 0, .slope = 0.03, .noise = 0.001}, config).is_supported)
        << "worse than no permutation";
}

TEST(VerdictTest, NoiseRarelySupportsABoundary) {
    const SearchConfig config{.frames = 32, .step = 4, .repeats = 10};
    int supported = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        test::Answers answers;
        const auto found =
            test::drive(Side::start, config, {.slope = 0, .noise = 0.05, .seed = seed}, answers);
        supported += verdict_of(found, found.verdicts, config).is_supported;
    }
    EXPECT_LE(supported, 10) << "at most one in twenty";
}

TEST(PairedModelTest, FitsUnevenRepeatsAsLeastSquaresDoes) {
    constexpr auto none = std::nullopt;
    const PairedModel model{{{.k = 0, .accuracies = {0.50, 0.60, 0.55, 0.58}},
                             {.k = 4, .accuracies = {0.60, 0.72, none, 0.66}},
                             {.k = 8, .accuracies = {0.30, none, 0.40, none}},
                             {.k = 12, .accuracies = {0.55, 0.63, none, 0.65}}}};

    // tests/src/boundary/golden/make_paired_model.py
    EXPECT_NEAR(model.effect(1), 0.1046875, 1e-12);
    EXPECT_NEAR(model.effect(2), -0.178125, 1e-12);
    EXPECT_NEAR(model.effect(3), 0.0546875, 1e-12);
    EXPECT_NEAR(model.deviation(), 0.021462176031, 1e-12);
    EXPECT_EQ(model.degrees_of_freedom(), 5);
    EXPECT_NEAR(model.probability_of(model.errors_worse(3, 1, 0.02)), 0.926207965047, 1e-10);
}

TEST(PairedModelTest, KnowsNothingOfAPointWithoutResultsOrOfNoise) {
    const PairedModel model{{{.k = 0, .accuracies = {0.5, 0.6}},
                             {.k = 4, .accuracies = {std::nullopt, std::nullopt}},
                             {.k = 8, .accuracies = {0.4, 0.5}}}};
    EXPECT_TRUE(std::isnan(model.effect(1)));
    EXPECT_EQ(model.probability_of(model.errors_worse(1, 0, 0)), 0.5);
    EXPECT_EQ(model.degrees_of_freedom(), 1);
    EXPECT_GT(model.probability_of(model.errors_worse(2, 0, 0.05)), 0.99);

    const PairedModel single{{{.k = 0, .accuracies = {0.5}}, {.k = 4, .accuracies = {0.1}}}};
    EXPECT_NEAR(single.effect(1), -0.4, 1e-12);
    EXPECT_EQ(single.probability_of(single.errors_worse(1, 0, 0)), 0.5);
}

TEST(Bits, SurviveTheirWayThroughHexadecimalDigits) {
    for (const std::size_t count : {0U, 1U, 4U, 5U, 270U}) {
        std::vector<bool> bits;
        for (std::size_t i = 0; i < count; ++i) {
            bits.push_back(i % 3 == 0);
        }
        EXPECT_EQ(bits_of_hex(hex_of_bits(bits), count), bits);
    }
    EXPECT_EQ(hex_of_bits({true, false, false, false, true}), "88");
    EXPECT_THROW(bits_of_hex("88", 9), ConfigError);
}

}  // namespace
}  // namespace sslslr
