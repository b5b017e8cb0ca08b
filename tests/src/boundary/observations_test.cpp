#include "src/boundary/observations.hpp"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "src/boundary/search_jobs.hpp"
#include "src/data/keyed_random.hpp"
#include "src/errors.hpp"
#include "tests/src/boundary/oracle.hpp"

namespace sslslr {
namespace {

/// One clip per entry, which is right at that k and at no other, in every repeat.
SideCorrectness right_only_at(const std::vector<std::int64_t>& where, std::int64_t repeats = 4) {
    SideCorrectness data{.k = {0, 4, 8}, .correct = {}};
    for (const auto k : data.k) {
        std::vector<bool> bits;
        for (const auto own : where) {
            bits.push_back(own == k);
        }
        data.correct.emplace_back(static_cast<std::size_t>(repeats), bits);
    }
    return data;
}

TEST(OwnBoundaries, AClipsOwnBoundaryAndWhatTheGlobalOneCostsIt) {
    const auto own = own_boundaries(right_only_at({0, 4, 8}), 4);

    EXPECT_EQ(own.best, (std::vector<std::int64_t>{0, 4, 8}));
    EXPECT_EQ(own.loss, (std::vector<double>{1, 0, 1}));
}

TEST(OwnBoundaries, AClipWithoutPreferenceTakesTheGlobalOneAndLosesNothing) {
    auto data = right_only_at({0});
    for (auto& repeats : data.correct) {
        for (auto& bits : repeats) {
            bits[0] = true;
        }
    }

    const auto own = own_boundaries(data, 4);

    EXPECT_EQ(own.best[0], 4);
    EXPECT_FALSE(own.has_preference[0]);
    EXPECT_EQ(own.loss[0], 0);
}

TEST(OwnBoundaries, NoiseAloneCostsNothingWhereChoosingAndScoringAreApart) {
    constexpr std::size_t clips = 4000;
    SideCorrectness data{.k = {0, 4, 8, 12}, .correct = {}};
    KeyedRandom random{0, Purpose::bootstrap, {}};
    for (std::size_t k = 0; k < data.k.size(); ++k) {
        data.correct.emplace_back();
        for (int repeat = 0; repeat < 6; ++repeat) {
            std::vector<bool> bits(clips);
            for (std::size_t clip = 0; clip < clips; ++clip) {
                bits[clip] = random.uniform() < 0.7;
            }
            data.correct.back().push_back(bits);
        }
    }

    const auto own = own_boundaries(data, 4);

    const auto mean = [](const std::vector<double>& values) {
        return torch::tensor(values, torch::kFloat64).mean().item<double>();
    };
    EXPECT_NEAR(mean(own.loss), 0, 0.02);
    EXPECT_GT(mean(own.inflated_loss), 0.1) << "which chosen and scored on the same runs looks like a loss";
}

TEST(OwnBoundaries, RefusesWhatItCannotSplitOrDidNotTest) {
    EXPECT_THROW(own_boundaries(right_only_at({0}, 1), 4), c10::ValueError);
    EXPECT_THROW(own_boundaries(right_only_at({0}), 5), c10::ValueError);
}

TEST(VerdictTest, ABoundaryIsSupportedIfPermutingMoreIsWorse) {
    const SearchConfig config{.frames = 32, .step = 4, .repeats = 5};
    const auto judge = [&](const test::Oracle& oracle, std::int64_t k) {
        const Lookup lookup = [&](const Trial& trial) {
            return Known{Known::Status::done, oracle.accuracy(trial)};
        };
        return verdict_of(Side::start, config, k, lookup);
    };

    const auto planted = judge({.planted_k1 = 8, .rise = 0.05, .slope = 0.03, .noise = 0.01}, 8);
    EXPECT_TRUE(planted.is_supported);
    EXPECT_LE(planted.worse_k, 16);
    EXPECT_LT(planted.worse_by.high, 0);
    EXPECT_FALSE(judge({.slope = 0, .noise = 0.05}, 32).is_supported) << "flat to the end";
    EXPECT_FALSE(judge({.planted_k1 = 0, .slope = 0.03, .noise = 0.01}, 0).is_supported)
        << "nothing to permute";
    EXPECT_FALSE(judge({.planted_k1 = 0, .slope = 0.03, .noise = 0.001}, 8).is_supported)
        << "worse than no permutation";
}

TEST(VerdictTest, OneRepeatSupportsNothing) {
    const test::Oracle oracle{.planted_k1 = 8, .rise = 0.05, .slope = 0.03};
    const Lookup lookup = [&](const Trial& trial) {
        return Known{Known::Status::done, oracle.accuracy(trial)};
    };
    const auto verdict = [&](std::int64_t repeats) {
        return verdict_of(Side::start, {.frames = 32, .step = 4, .repeats = repeats}, 8, lookup);
    };

    EXPECT_TRUE(verdict(2).is_supported);
    EXPECT_EQ(verdict(2).compared, 6);
    EXPECT_FALSE(verdict(1).is_supported);
    EXPECT_EQ(verdict(1).compared, 0);
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
