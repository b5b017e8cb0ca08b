#include "src/data/preprocess.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <utility>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "src/data/points.hpp"
#include "src/errors.hpp"
#include "src/settings/words.hpp"

namespace sslslr {
namespace {

constexpr float undetected = std::numeric_limits<float>::quiet_NaN();
constexpr int all_points = 75;
constexpr int left_shoulder = 11;
constexpr int right_shoulder = 12;

/// A clip of all 75 points (x, y, z) that tests can change.
struct Clip {
    explicit Clip(int length) : frames{length}, values(static_cast<std::size_t>(length * all_points * 3)) {
        for (int t = 0; t < frames; ++t) {
            for (int p = 0; p < all_points; ++p) {
                for (int c = 0; c < 3; ++c) {
                    at(t, p, c) =
                        static_cast<float>(0.5 + 0.3 * std::sin(0.37 * t + 0.11 * p * (c + 1) + 0.7 * c));
                }
            }
        }
    }

    float& at(int t, int p, int c) { return values[static_cast<std::size_t>((t * all_points + p) * 3 + c)]; }

    void lose(int t, int first_point, int last_point) {
        for (int p = first_point; p < last_point; ++p) {
            for (int c = 0; c < 3; ++c) {
                at(t, p, c) = undetected;
            }
        }
    }

    std::vector<float> preprocessed(const PreprocessConfig& config) const {
        return Preprocessor{config, points_of(PointSet::all), 3}(values);
    }

    int frames;
    std::vector<float> values;
};

bool all_finite(const std::vector<float>& values) {
    return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

TEST(Preprocess, GivesTheGoldenValuesOfNumPyAndSciPy) {
    std::ifstream file{std::string{GOLDEN_FOLDER} + "/preprocess.json"};
    const auto golden = nlohmann::json::parse(file);
    for (const auto& expected : golden["cases"]) {
        Clip clip{expected["length"]};
        clip.lose(0, 0, 33);
        for (int t = 0; t < clip.frames; ++t) {
            if (t % 5 == 1 || t % 5 == 2) {
                clip.lose(t, 33, 54);
            } else if (t == 8) {
                clip.lose(t, 40, 41);
            }
            clip.lose(t, 54, 75);
            if (expected.value("is_hands_only", false)) {
                clip.lose(t, 0, 33);
            }
        }

        const auto features =
            clip.preprocessed({.points = *enum_of<PointSet>(expected["points"].get<std::string>()),
                               .coordinates = expected["coordinates"],
                               .smooth = expected["smooth"],
                               .normalise = expected["normalise"],
                               .frames = expected["frames"],
                               .shorten = *enum_of<Shortening>(expected["shorten"].get<std::string>()),
                               .canonical_hand = expected["canonical_hand"],
                               .validity = expected["validity"]});

        const std::size_t frames = expected["shape"][0];
        const std::size_t width = expected["shape"][1];
        ASSERT_EQ(features.size(), frames * width);
        const std::size_t stride = golden["stride"];
        for (std::size_t at = 0; at < expected["values"].size(); ++at) {
            ASSERT_NEAR(features[at * stride], expected["values"][at].get<double>(), 2e-6)
                << "value " << at * stride;
        }
    }
}

TEST(Preprocess, ShouldersEndAroundTheOriginAtDistanceOne) {
    const auto features = Clip{20}.preprocessed({});

    double midpoint_x = 0;
    double distance = 0;
    for (std::size_t frame = 0; frame < 20; ++frame) {
        const float* left = features.data() + frame * 130 + left_shoulder * 2;
        const float* right = features.data() + frame * 130 + right_shoulder * 2;
        midpoint_x += (left[0] + right[0]) / 2;
        distance += std::hypot(left[0] - right[0], left[1] - right[1]) / 20;
    }
    EXPECT_NEAR(midpoint_x, 0, 1e-5);
    EXPECT_NEAR(distance, 1, 1e-6);
}

TEST(Preprocess, WithoutNormalisationCompleteClipsKeepTheirRawCoordinates) {
    Clip clip{20};

    const auto features = clip.preprocessed({.points = PointSet::all, .coordinates = 3, .normalise = false});

    EXPECT_EQ(features, clip.values);
}

TEST(Preprocess, IsTheSameWhereverThePersonStandsAndHoweverFar) {
    Clip near{20};
    Clip far{20};
    for (auto& value : far.values) {
        value = 3 * value + 1;
    }

    const auto expected = near.preprocessed({});
    const auto actual = far.preprocessed({});

    for (std::size_t at = 0; at < expected.size(); ++at) {
        ASSERT_NEAR(actual[at], expected[at], 1e-5);
    }
}

TEST(Preprocess, PartsNeverDetectedBecomeZerosAndFlagsSaySo) {
    Clip clip{9};
    for (int t = 0; t < 9; ++t) {
        clip.lose(t, 33, 54);
    }

    const auto features = clip.preprocessed({.validity = true});

    ASSERT_EQ(features.size(), 9U * 133);
    for (std::size_t frame = 0; frame < 9; ++frame) {
        const auto row = features.begin() + static_cast<std::ptrdiff_t>(frame * 133);
        EXPECT_EQ(std::count(row + 46, row + 88, 0.0F), 42);
        EXPECT_EQ(std::count(row, row + 46, 0.0F), 0);
        EXPECT_EQ((std::vector<float>{row + 130, row + 133}), (std::vector<float>{1, 0, 1}));
    }
}

TEST(Preprocess, FlagsSayWhatTheRecordedFrameShowedAlthoughGapsAreFilled) {
    Clip clip{5};
    clip.lose(1, 33, 54);
    clip.lose(2, 33, 53);  // one fingertip remains

    const auto whole = clip.preprocessed({.validity = true});
    const auto shortened = clip.preprocessed({.frames = 3, .validity = true});
    const auto between = clip.preprocessed({.frames = 4, .validity = true});
    const auto first = clip.preprocessed({.frames = 2, .shorten = Shortening::first, .validity = true});

    const auto left_hand = [](const std::vector<float>& features) {
        std::vector<float> flags;
        for (std::size_t at = 131; at < features.size(); at += 133) {
            EXPECT_EQ(features[at - 1], 1.0F);
            EXPECT_EQ(features[at + 1], 1.0F);
            flags.push_back(features[at]);
        }
        return flags;
    };
    EXPECT_EQ(left_hand(whole), (std::vector<float>{1, 0, 1, 1, 1}));
    EXPECT_EQ(left_hand(shortened), (std::vector<float>{1, 1, 1}));
    EXPECT_NEAR(left_hand(between)[1], 1.0 / 3, 1e-6);  // at frame 4/3
    EXPECT_EQ(left_hand(first), (std::vector<float>{1, 0}));
}

/// A clip in which both hands rest except for the wrists, which swing by the given amounts.
Clip signing(float left, float right) {
    Clip clip{20};
    for (int t = 0; t < clip.frames; ++t) {
        for (int p = 33; p < all_points; ++p) {
            for (int c = 0; c < 2; ++c) {
                clip.at(t, p, c) = clip.at(0, p, c);
            }
        }
        clip.at(t, 33, 0) += t % 2 == 0 ? left : -left;
        clip.at(t, 54, 0) += t % 2 == 0 ? right : -right;
    }
    return clip;
}

TEST(Preprocess, AClipWhoseLeftHandIsDominantIsMirroredWithExchangeOfTheSides) {
    auto clip = signing(0.2F, 0.1F);
    clip.lose(3, 54, 75);
    for (const bool normalise : {true, false}) {
        const PreprocessConfig plain{.normalise = normalise, .validity = true};
        auto canonical = plain;
        canonical.canonical_hand = true;
        const auto recorded = clip.preprocessed(plain);

        const auto mirrored = clip.preprocessed(canonical);

        const float middle = normalise ? 0.0F : 0.5F;
        for (std::size_t frame = 0; frame < recorded.size(); frame += 133) {
            for (const auto& [here, there] : {std::pair{0, 0}, std::pair{left_shoulder, right_shoulder},
                                              std::pair{15, 16}, std::pair{23, 44}, std::pair{43, 64}}) {
                const auto to = frame + 2 * static_cast<std::size_t>(here);
                const auto from = frame + 2 * static_cast<std::size_t>(there);
                ASSERT_FLOAT_EQ(mirrored[to], 2 * middle - recorded[from]);
                ASSERT_EQ(mirrored[to + 1], recorded[from + 1]);
            }
            ASSERT_EQ(mirrored[frame + 130], recorded[frame + 130]);
            ASSERT_EQ(mirrored[frame + 131], recorded[frame + 132]);
            ASSERT_EQ(mirrored[frame + 132], recorded[frame + 131]);
        }
        EXPECT_EQ(mirrored[3 * 133 + 131], 0.0F);
    }
}

TEST(Preprocess, ClipsOfRightHandsOfBothAlikeAndOfNoneStay) {
    auto seldom = signing(0.2F, 0.1F);  // the left hand moves further, but is missing in most frames
    for (int t = 4; t < 20; ++t) {
        seldom.lose(t, 33, 54);
    }
    auto none = signing(0, 0);
    for (int t = 0; t < 20; ++t) {
        none.lose(t, 33, 75);
    }
    for (const auto& clip : {signing(0.1F, 0.2F), signing(0, 0), seldom, none}) {
        EXPECT_EQ(clip.preprocessed({.canonical_hand = true}), clip.preprocessed({}));
    }
}

TEST(Preprocess, AMirroredClipGivesTheFeaturesOfItsCounterpart) {
    const PreprocessConfig config{.points = PointSet::all, .normalise = false, .canonical_hand = true};
    const auto left = signing(0.2F, 0.1F).preprocessed(config);  // x is now that of a right-handed signer

    Clip counterpart{20};
    for (int t = 0; t < 20; ++t) {
        for (int p = 0; p < all_points; ++p) {
            for (int c = 0; c < 2; ++c) {
                counterpart.at(t, p, c) = left[static_cast<std::size_t>((t * all_points + p) * 2 + c)];
            }
        }
    }
    EXPECT_EQ(counterpart.preprocessed(config), left);
}

TEST(Preprocess, AHandWithAMissingFingertipKeepsItsOtherPoints) {
    constexpr int fingertip = 33 + 8;
    const Clip whole{12};
    Clip clip{12};
    for (int t = 2; t < 9; ++t) {
        clip.lose(t, fingertip, fingertip + 1);
    }

    const auto features = clip.preprocessed({.points = PointSet::all, .coordinates = 3, .normalise = false});

    for (int t = 0; t < 12; ++t) {
        for (int p = 0; p < all_points; ++p) {
            for (int c = 0; c < 3; ++c) {
                const auto at = static_cast<std::size_t>((t * all_points + p) * 3 + c);
                const bool is_lost = p == fingertip && t >= 2 && t < 9;
                const float share = is_lost ? static_cast<float>(t - 1) / 8 : 0.0F;
                const float expected =
                    is_lost ? (1 - share) * clip.at(1, p, c) + share * clip.at(9, p, c) : whole.values[at];
                ASSERT_NEAR(features[at], expected, is_lost ? 1e-6 : 0.0) << t << ' ' << p << ' ' << c;
            }
        }
    }
}

TEST(Preprocess, AHandMissingAsAWholeIsInterpolatedAsAWhole) {
    Clip clip{5};
    clip.lose(1, 33, 54);
    clip.lose(2, 33, 54);

    const auto features = clip.preprocessed({.points = PointSet::all, .coordinates = 3, .normalise = false});

    for (int p = 33; p < 54; ++p) {
        const auto at = static_cast<std::size_t>((2 * all_points + p) * 3);
        EXPECT_NEAR(features[at], clip.at(0, p, 0) / 3 + 2 * clip.at(3, p, 0) / 3, 1e-6) << p;
    }
}

TEST(Preprocess, AHandNeverCompleteIsFilledCoordinateByCoordinate) {
    Clip clip{4};
    for (int t = 0; t < 4; ++t) {
        clip.lose(t, 33 + t, 34 + t);
    }

    const auto features = clip.preprocessed({.normalise = false, .validity = true});

    EXPECT_FLOAT_EQ(features[46], clip.at(1, 33, 0));                                  // nearest at the start
    EXPECT_FLOAT_EQ(features[133 + 48], (clip.at(0, 34, 0) + clip.at(2, 34, 0)) / 2);  // linear within
    EXPECT_EQ(features[131], 1.0F);
}

TEST(Preprocess, EverythingStaysFiniteOnHopelessClips) {
    Clip nothing{5};
    std::ranges::fill(nothing.values, undetected);
    Clip infinite{5};
    std::ranges::fill(infinite.values, std::numeric_limits<float>::infinity());
    Clip huge{5};
    std::ranges::fill(huge.values, std::numeric_limits<float>::max());
    Clip no_pose{5};
    Clip same_shoulders{5};
    for (int t = 0; t < 5; ++t) {
        no_pose.lose(t, 0, 33);
        for (int c = 0; c < 3; ++c) {
            same_shoulders.at(t, left_shoulder, c) = same_shoulders.at(t, right_shoulder, c);
        }
    }

    for (const auto* clip : {&nothing, &infinite, &huge, &no_pose, &same_shoulders}) {
        for (const bool smooth : {false, true}) {
            EXPECT_TRUE(all_finite(clip->preprocessed({.coordinates = 3, .smooth = smooth, .frames = 3})));
        }
    }
}

TEST(Preprocess, WithoutShouldersTheHandsAreCentredAndTheirPalmsAreOneLong) {
    constexpr std::size_t width = 130;
    Clip clip{20};
    for (int t = 0; t < 20; ++t) {
        clip.lose(t, 0, 33);
    }

    std::vector<float> features(20 * width);
    const auto unit = Preprocessor{{}, points_of(PointSet::all), 3}(clip.values, features);

    EXPECT_EQ(unit, BodyUnit::palms);
    double sum = 0;
    double palms = 0;
    for (std::size_t t = 0; t < 20; ++t) {
        const auto* hands = features.data() + t * width + 46;
        for (std::size_t at = 0; at < 84; at += 2) {
            sum += hands[at];
        }
        for (const auto* hand : {hands, hands + 42}) {
            palms += std::hypot(hand[2 * 9] - hand[0], hand[2 * 9 + 1] - hand[1]) / 40;
        }
    }
    EXPECT_NEAR(sum, 0, 1e-3);
    EXPECT_NEAR(palms, 1, 1e-6);
}

TEST(Preprocess, WithoutShouldersAClipIsTheSameWhereverTheHandsAreAndHoweverLarge) {
    Clip near{20};
    for (int t = 0; t < 20; ++t) {
        near.lose(t, left_shoulder, left_shoulder + 1);  // one shoulder gives no unit of length
        near.lose(t, 54, 75);                            // one hand does
    }
    auto far = near;
    for (auto& value : far.values) {
        value = 3 * value + 1;
    }

    const auto expected = near.preprocessed({});
    const auto actual = far.preprocessed({});

    for (std::size_t at = 0; at < expected.size(); ++at) {
        ASSERT_NEAR(actual[at], expected[at], 2e-5);
    }
}

TEST(Preprocess, WithoutShouldersAndHandsTheDetectedPointsAreCentredAndNotScaled) {
    Clip clip{1};
    clip.lose(0, left_shoulder, 75);

    std::vector<float> features(130);
    const auto unit = Preprocessor{{}, points_of(PointSet::all), 3}(clip.values, features);

    EXPECT_EQ(unit, BodyUnit::none);
    double sum = 0;
    for (std::size_t at = 0; at < 22; at += 2) {
        sum += features[at];
    }
    EXPECT_NEAR(sum, 0, 1e-5);
    EXPECT_NEAR(features[2] - features[0], clip.at(0, 1, 0) - clip.at(0, 0, 0), 1e-6);
}

TEST(Preprocess, ShortClipsAreNotStretchedAndLongOnesKeepBothEnds) {
    Clip clip{20};
    const auto whole = clip.preprocessed({.normalise = false});

    const auto resampled = clip.preprocessed({.normalise = false, .frames = 7});
    const auto first = clip.preprocessed({.normalise = false, .frames = 7, .shorten = Shortening::first});

    EXPECT_EQ(whole.size(), 20U * 130);
    EXPECT_EQ(resampled.size(), 7U * 130);
    EXPECT_TRUE(std::equal(whole.begin(), whole.begin() + 130, resampled.begin()));
    EXPECT_TRUE(std::equal(whole.end() - 130, whole.end(), resampled.end() - 130));
    EXPECT_TRUE(std::equal(first.begin(), first.end(), whole.begin()));
}

TEST(Preprocess, LengthsAreKnownBeforehand) {
    const Preprocessor preprocess{{.frames = 7}, points_of(PointSet::all), 3};

    for (int frames : {1, 2, 6, 7, 8, 100}) {
        const auto length = static_cast<std::size_t>(preprocess.length(frames));
        EXPECT_EQ(preprocess(Clip{frames}.values).size(), length * 130);
    }
    EXPECT_EQ(preprocess.length(0), 0);
}

TEST(Preprocess, RefusesOptionsThatTheDataCannotMeet) {
    const auto points = points_of(PointSet::upper_body);

    EXPECT_THROW((Preprocessor{{.points = PointSet::all}, points, 3}), ConfigError);
    EXPECT_THROW((Preprocessor{{.coordinates = 3}, points, 2}), ConfigError);
    EXPECT_THROW((Preprocessor{{.coordinates = 1}, points, 3}), ConfigError);
    EXPECT_THROW((Preprocessor{{.frames = 0}, points, 3}), ConfigError);
}

}  // namespace
}  // namespace sslslr
