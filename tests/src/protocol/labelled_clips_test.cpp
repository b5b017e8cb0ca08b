#include "src/protocol/labelled_clips.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace sslslr {
namespace {

/// Clips 0-29 train, 30-39 validate, 40-49 test. Classes 0 and 1 alternate.
EvaluationClips fifty_clips() {
    EvaluationClips clips;
    clips.class_names = {"a", "b"};
    for (std::int64_t clip = 0; clip < 50; ++clip) {
        clips.labels.push_back(clip % 2);
        (clip < 30 ? clips.train : clip < 40 ? clips.validation : clips.test).push_back(clip);
    }
    return clips;
}

TEST(LabelledClips, KnowsNoLabelButThoseOfTheDrawnTrainingAndValidationClips) {
    const auto clips = fifty_clips();

    const LabelledClips labelled{clips, {.fraction = 0.3}, 1};

    EXPECT_EQ(labelled.train().size(), 5 + 5);       // 4.5 of each class, rounded up
    EXPECT_EQ(labelled.validation().size(), 2 + 2);  // 1.5 of each class, rounded up
    EXPECT_EQ(labelled.both().size(), 14);
    for (std::int64_t clip = 0; clip < 50; ++clip) {
        const bool is_drawn = std::ranges::count(labelled.both(), clip) > 0;
        EXPECT_EQ(labelled.by_clip()[static_cast<std::size_t>(clip)], is_drawn ? clip % 2 : -1) << clip;
        EXPECT_TRUE(!is_drawn || clip < 40) << clip;
    }
}

TEST(LabelledClips, AllLabelsAreUsedWithoutADraw) {
    const auto clips = fifty_clips();

    const LabelledClips labelled{clips, {}, 1};

    EXPECT_EQ(labelled.train(), clips.train);
    EXPECT_EQ(labelled.validation(), clips.validation);
    EXPECT_EQ(labelled.by_clip()[45], -1);
}

TEST(LabelledClips, DrawsOfOneSeedAreNestedSharesAndNumbersAlike) {
    const auto clips = fifty_clips();
    const std::vector<LabelAmount> growing{{.count = 1},      {.count = 2},  {.fraction = 0.25}, {.count = 5},
                                           {.fraction = 0.5}, {.count = 10}, {.fraction = 1}};

    for (std::size_t i = 1; i < growing.size(); ++i) {
        const LabelledClips fewer{clips, growing[i - 1], 7};
        const LabelledClips more{clips, growing[i], 7};
        EXPECT_TRUE(std::ranges::includes(more.train(), fewer.train())) << i;
        EXPECT_TRUE(std::ranges::includes(more.validation(), fewer.validation()) ||
                    std::ranges::includes(fewer.validation(), more.validation()))
            << i << ": 25 % of 5 clips a class are fewer than 2";
        EXPECT_GT(more.train().size(), fewer.train().size()) << i;
    }
    EXPECT_NE(LabelledClips(clips, {.count = 2}, 7).train(), LabelledClips(clips, {.count = 2}, 8).train());
}

TEST(LabelledClips, ANumberIsOfEachClassOrAllThatItHas) {
    auto clips = fifty_clips();
    std::erase_if(clips.train, [](auto clip) { return clip % 2 == 1 && clip > 3; });  // keeps clips 1 and 3

    const LabelledClips labelled{clips, {.count = 4}, 1};

    const auto classes = clips.classes_of(labelled.train());
    EXPECT_EQ(std::ranges::count(classes, 0), 4);
    EXPECT_EQ(std::ranges::count(classes, 1), 2);
    EXPECT_EQ(labelled.validation().size(), 4 + 4);
}

}  // namespace
}  // namespace sslslr
