#include "src/protocol/labelled_clips.hpp"

#include <gtest/gtest.h>

namespace sslslr {
namespace {

/// Clips 0-29 train, 30-39 validate, 40-49 test; of classes 0 and 1 in turn.
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

    const LabelledClips labelled{clips, 0.3, 1};

    EXPECT_EQ(labelled.train().size(), 5 + 5);       // 4.5 of each class, rounded up
    EXPECT_EQ(labelled.validation().size(), 2 + 2);  // 1.5 likewise
    EXPECT_EQ(labelled.both().size(), 14);
    for (std::int64_t clip = 0; clip < 50; ++clip) {
        const bool is_drawn = std::ranges::count(labelled.both(), clip) > 0;
        EXPECT_EQ(labelled.by_clip()[static_cast<std::size_t>(clip)], is_drawn ? clip % 2 : -1) << clip;
        EXPECT_TRUE(!is_drawn || clip < 40) << clip;
    }
}

TEST(LabelledClips, AllLabelsAreUsedWithoutADraw) {
    const auto clips = fifty_clips();

    const LabelledClips labelled{clips, 1, 1};

    EXPECT_EQ(labelled.train(), clips.train);
    EXPECT_EQ(labelled.validation(), clips.validation);
    EXPECT_EQ(labelled.by_clip()[45], -1);
}

}  // namespace
}  // namespace sslslr
