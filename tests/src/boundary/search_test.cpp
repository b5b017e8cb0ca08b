// The search driven by an oracle instead of training.
#include "src/boundary/search.hpp"

#include <tuple>

#include <gtest/gtest.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/settings/words.hpp"
#include "tests/src/boundary/drive.hpp"

namespace sslslr {
namespace {

using test::Answers;
using test::drive;
using Progress = SideSearch::Progress;

SearchConfig config_of(SearchMode mode) {
    return {.frames = 64, .step = 4, .repeats = 5, .mode = mode};
}

std::int64_t answer(Side side, const SearchConfig& config, const AssumedAccuracy& oracle) {
    Answers answers;
    const auto found = drive(side, config, oracle, answers);
    EXPECT_EQ(found.progress, Progress::answered) << found.why;
    return found.k;
}

class PlantedBoundary : public testing::TestWithParam<std::tuple<std::int64_t, std::int64_t>> {};

TEST_P(PlantedBoundary, IsFoundOnAPlateauByTheModesThatKeepOne) {
    const auto [k1, k2] = GetParam();
    const AssumedAccuracy oracle{.planted_k1 = k1, .planted_k2 = k2};
    for (const auto& config : {config_of(SearchMode::tolerant), config_of(SearchMode::racing)}) {
        EXPECT_EQ(answer(Side::start, config, oracle), k1) << word_of(config.mode);
        EXPECT_EQ(answer(Side::end, config, oracle), k2) << word_of(config.mode);
    }
}

TEST_P(PlantedBoundary, IsFoundByEveryModeWhereAccuracyRisesToIt) {
    const auto [k1, k2] = GetParam();
    const AssumedAccuracy oracle{.planted_k1 = k1, .planted_k2 = k2, .rise = 0.1};
    for (const auto mode : {SearchMode::tolerant, SearchMode::strict, SearchMode::racing}) {
        EXPECT_EQ(answer(Side::start, config_of(mode), oracle), k1) << word_of(mode);
        EXPECT_EQ(answer(Side::end, config_of(mode), oracle), k2) << word_of(mode);
    }
}

TEST_P(PlantedBoundary, IsFoundWithinAStepUnderNoise) {
    const auto [k1, k2] = GetParam();
    // One comparison in forty stops a tolerant search by chance, and 64 is sixteen comparisons away.
    const int enough = k1 <= 32 ? 18 : 12;
    for (const auto& [mode, most_wrong] :
         {std::pair{SearchMode::tolerant, 20 - enough}, {SearchMode::racing, 0}}) {
        int wrong = 0;
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            const AssumedAccuracy oracle{
                .planted_k1 = k1, .planted_k2 = k2, .rise = 0.1, .slope = 0.03, .noise = 0.01, .seed = seed};
            const auto config = config_of(mode);
            wrong += std::abs(answer(Side::start, config, oracle) - k1) > config.step ||
                     std::abs(answer(Side::end, config, oracle) - k2) > config.step;
        }
        EXPECT_LE(wrong, most_wrong) << word_of(mode);
    }
}

INSTANTIATE_TEST_SUITE_P(Places, PlantedBoundary,
                         testing::Values(std::tuple{8, 16}, std::tuple{20, 12}, std::tuple{32, 4},
                                         std::tuple{0, 0}, std::tuple{64, 64}),
                         [](const auto& place) {
                             return "K1Is" + std::to_string(std::get<0>(place.param)) + "K2Is" +
                                    std::to_string(std::get<1>(place.param));
                         });

TEST(Search, AllAccuraciesEqualIsAPlateauToTheEndForTolerantAndAStepForStrict) {
    const AssumedAccuracy flat{.slope = 0};

    EXPECT_EQ(answer(Side::start, config_of(SearchMode::tolerant), flat), 64);
    EXPECT_EQ(answer(Side::start, config_of(SearchMode::racing), flat), 64);
    EXPECT_EQ(answer(Side::start, config_of(SearchMode::strict), flat), 4);
}

TEST(Search, AFirstStepBelowTheReferenceMeansZero) {
    const AssumedAccuracy falls_at_once{.planted_k1 = 0};
    for (const auto mode : {SearchMode::tolerant, SearchMode::strict, SearchMode::racing}) {
        EXPECT_EQ(answer(Side::start, config_of(mode), falls_at_once), 0) << word_of(mode);
    }
}

TEST(Search, TheLastStepIsCutToTheClipAndAStepOfOneLeavesOutOne) {
    EXPECT_EQ(grid_of({.frames = 10, .step = 4}), (std::vector<std::int64_t>{4, 8, 10}));
    EXPECT_EQ(grid_of({.frames = 8, .step = 4}), (std::vector<std::int64_t>{4, 8}));
    EXPECT_EQ(grid_of({.frames = 4, .step = 1}), (std::vector<std::int64_t>{2, 3, 4}));
    EXPECT_EQ(grid_of({.frames = 5, .step = 5}), (std::vector<std::int64_t>{5}));
    EXPECT_EQ(grid_of({.frames = 64, .largest = 10, .step = 4}), (std::vector<std::int64_t>{4, 8, 10}));
}

TEST(Search, TheAnswerDependsNeitherOnTheOrderOfResultsNorOnThoseDoneAhead) {
    for (const auto& config :
         {config_of(SearchMode::tolerant), config_of(SearchMode::strict), config_of(SearchMode::racing)}) {
        const AssumedAccuracy oracle{.planted_k1 = 16, .rise = 0.05, .noise = 0.03, .seed = 3};
        Answers narrow;
        const auto one_by_one = drive(Side::start, config, oracle, narrow, 1);
        Answers wide;
        const auto all_ahead = drive(Side::start, config, oracle, wide);
        Answers whole;
        for (std::int64_t k = 0; k <= 64; k += 4) {
            for (std::int64_t repeat = 0; repeat < 5; ++repeat) {
                whole.done[trial_of(Side::start, k, repeat)] = oracle.of(trial_of(Side::start, k, repeat));
            }
        }
        const auto known_before = search_side(Side::start, config, whole.lookup());

        EXPECT_EQ(one_by_one.k, all_ahead.k) << word_of(config.mode);
        EXPECT_EQ(one_by_one.k, known_before.k) << word_of(config.mode);
        EXPECT_EQ(one_by_one.why, known_before.why) << word_of(config.mode);
        EXPECT_EQ(one_by_one.rests_on, known_before.rests_on) << word_of(config.mode);
        EXPECT_EQ(one_by_one.rests_on, all_ahead.rests_on) << word_of(config.mode);
        EXPECT_LE(narrow.done.size(), wide.done.size());
    }
}

TEST(Search, OnlyTheNextKIsOfStageZeroAndTheRestAreAhead) {
    const auto found = search_side(Side::start, config_of(SearchMode::tolerant), Answers{}.lookup());

    ASSERT_EQ(found.progress, Progress::open);
    for (const auto& [trial, stage] : found.needed) {
        EXPECT_EQ(stage, trial.k1 == 0 ? 0 : trial.k1 / 4 - 1);
    }
    EXPECT_EQ(found.needed.size(), 5U * 17);
}

TEST(Search, GoesOnWithTheRepeatsThatAreLeft) {
    const AssumedAccuracy oracle{.planted_k1 = 16};
    Answers answers;
    for (std::int64_t repeat = 2; repeat < 5; ++repeat) {
        answers.set_aside.insert(trial_of(Side::start, 8, repeat));
    }

    const auto found = drive(Side::start, config_of(SearchMode::tolerant), oracle, answers);

    EXPECT_EQ(found.progress, Progress::answered);
    EXPECT_EQ(found.k, 16);
}

TEST(Search, SaysWhyItCannotGoOn) {
    const AssumedAccuracy oracle{.planted_k1 = 16};
    Answers answers;
    for (std::int64_t repeat = 1; repeat < 5; ++repeat) {
        answers.set_aside.insert(trial_of(Side::start, 8, repeat));
    }

    const auto found = drive(Side::start, config_of(SearchMode::tolerant), oracle, answers);

    EXPECT_EQ(found.progress, Progress::stuck);
    EXPECT_TRUE(found.why.starts_with("k = 8 cannot be judged")) << found.why;
    EXPECT_TRUE(found.needed.empty()) << "nothing more is trained for a search that is stuck";
}

TEST(Search, ARaceLeavesOutAKThatCannotBeJudgedAndSaysSo) {
    const AssumedAccuracy oracle{.planted_k1 = 16};
    Answers answers;
    for (std::int64_t repeat = 0; repeat < 5; ++repeat) {
        answers.set_aside.insert(trial_of(Side::start, 8, repeat));
    }

    const auto found = drive(Side::start, config_of(SearchMode::racing), oracle, answers);

    EXPECT_EQ(found.k, 16);
    EXPECT_NE(found.why.find("1 of 16 k are left out"), std::string::npos) << found.why;

    for (std::int64_t repeat = 1; repeat < 5; ++repeat) {
        answers.set_aside.insert(trial_of(Side::start, 0, repeat));
    }
    const auto stuck = drive(Side::start, config_of(SearchMode::racing), oracle, answers);
    EXPECT_EQ(stuck.progress, Progress::stuck);
    EXPECT_TRUE(stuck.needed.empty());
}

TEST(Search, ARaceNeedsNoMoreThanTwoRepeatsWithoutNoiseAndRepeatsOnlyNearTheEdgeWithIt) {
    Answers answers;
    drive(Side::start, config_of(SearchMode::racing), {.planted_k1 = 16, .rise = 0.1}, answers);
    EXPECT_EQ(answers.done.size(), 2U * 17);

    auto config = config_of(SearchMode::racing);
    config.repeats = 20;
    const auto found =
        drive(Side::start, config, {.planted_k1 = 16, .rise = 0.1, .slope = 0.015, .noise = 0.02}, answers);
    EXPECT_EQ(found.k, 16) << found.why;
    EXPECT_TRUE(found.is_decided) << found.why;
    for (const auto& verdict : found.verdicts) {
        EXPECT_TRUE(verdict.repeats == 2 || (verdict.k >= 4 && verdict.k <= 28)) << verdict.k;
    }
}

TEST(Search, ARaceThatItsRepeatsDoNotDecideSaysSo) {
    auto config = config_of(SearchMode::racing);
    config.margin = 0.06;  // what the first step beyond the boundary costs
    Answers answers;

    const auto found = drive(Side::start, config, {.planted_k1 = 16, .slope = 0.015, .noise = 0.05}, answers);

    EXPECT_EQ(found.progress, Progress::answered);
    EXPECT_FALSE(found.is_decided);
    EXPECT_NE(found.why.find("not decided by 5 repeats"), std::string::npos) << found.why;
}

TEST(Search, TolerantNeedsASingleRepeat) {
    auto single = config_of(SearchMode::tolerant);
    single.repeats = 1;
    EXPECT_EQ(answer(Side::start, single, {.planted_k1 = 16}), 16);
}

TEST(Search, AGivenToleranceDecidesInPlaceOfTheInterval) {
    const AssumedAccuracy oracle{.planted_k1 = 16, .slope = 0.01};
    auto config = config_of(SearchMode::tolerant);
    config.tolerance = 0.05;  // what accuracy loses over 5 frames

    EXPECT_EQ(answer(Side::start, config, oracle), 20);
}

TEST(Search, PairsCancelWhatTheTrialsOfARepeatShare) {
    const Point a{.k = 4, .accuracies = {0.5, 0.9, std::nullopt}};
    const Point b{.k = 0, .accuracies = {0.4, 0.8, 0.1}};

    const auto difference = paired_difference(a, b);

    ASSERT_TRUE(difference);
    EXPECT_NEAR(difference->mean, 0.1, 1e-12);
    EXPECT_NEAR(difference->high - difference->low, 0, 1e-12);
    EXPECT_FALSE(paired_difference(a, Point{.k = 8, .accuracies = {std::nullopt, std::nullopt, 0.3}}));
}

TEST(Search, RefusesSettingsOutOfRangeByOption) {
    const std::pair<SearchConfig, std::string> refused[]{
        {{.frames = 64, .step = 0}, "--step 0: expected 1 to the frames of the longest clip, 64"},
        {{.frames = 64, .step = 65}, "--step 65"},
        {{.frames = 1, .step = 1}, "nothing to permute"},
        {{.frames = 64, .repeats = 0}, "--repeats 0"},
        {{.frames = 64, .tolerance = 1.5}, "--tolerance 1.5"},
        {{.frames = 64, .margin = -0.1}, "--margin -0.1"},
        {{.frames = 64, .error = 0.5}, "--error-rate 0.5: expected a probability above 0 and below 0.5"},
        {{.frames = 64, .repeats = 1}, "--repeats 1: --mode racing takes 2 or more"},
    };
    for (const auto& [config, text] : refused) {
        try {
            check(config);
            ADD_FAILURE() << text;
        } catch (const ConfigError& error) {
            EXPECT_NE(io::as_options(error.what()).find(text), std::string::npos) << error.what();
        }
    }
}

}  // namespace
}  // namespace sslslr
