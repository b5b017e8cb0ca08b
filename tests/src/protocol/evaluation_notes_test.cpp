#include "src/protocol/evaluation_notes.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "io/file/setting.hpp"

namespace sslslr {
namespace {

/// Three signs with eight training clips and two test clips each.
EvaluationClips clips_of_three() {
    EvaluationClips clips;
    clips.class_names = {"a", "b", "c"};
    for (std::int64_t clip = 0; clip < 30; ++clip) {
        clips.labels.push_back(clip % 3);
        (clip < 24 ? clips.train : clips.test).push_back(clip);
    }
    return clips;
}

/// All notes except that on top-5, with settings shown as options.
std::vector<std::string> notes(const EvaluationClips& clips, const ProtocolConfig& config) {
    auto all = notes_of(clips, config, 0);
    std::erase(all, "top-5 of 3 signs is always right: read top-1 and macro F1");
    std::ranges::transform(all, all.begin(), io::as_options);
    return all;
}

TEST(EvaluationNotes, ASoundEvaluationNeedsNoneButThatFewSignsMakeTop5Right) {
    EXPECT_EQ(notes_of(clips_of_three(), {}, 0),
              std::vector<std::string>{"top-5 of 3 signs is always right: read top-1 and macro F1"});
    auto six = clips_of_three();
    six.class_names.insert(six.class_names.end(), {"d", "e", "f"});
    EXPECT_TRUE(notes_of(six, {}, 0).empty()) << "d, e and f may be answered, though no clip shows them";
    EXPECT_EQ(six.shown_classes(), 3);
}

TEST(EvaluationNotes, MoreNeighboursThanLabelledClipsAreNamed) {
    const auto found =
        notes(clips_of_three(), {.kind = ProtocolKind::knn, .neighbours = 25, .raw_neighbours = 49});

    EXPECT_EQ(found, (std::vector<std::string>{"--neighbours 25: only 24 labelled clips train, so all of "
                                               "them vote on every test clip: lower it, "
                                               "or train on more clips",
                                               "--raw-neighbours 49: only 24 labelled clips train, so all of "
                                               "them vote on every test clip: lower "
                                               "it, or train on more clips"}));
    EXPECT_TRUE(
        notes(clips_of_three(), {.kind = ProtocolKind::knn, .neighbours = 24, .raw_neighbours = 48}).empty())
        << "each clip is there mirrored, too";
    EXPECT_TRUE(notes(clips_of_three(), {.kind = ProtocolKind::linear, .neighbours = 25}).empty());
}

TEST(EvaluationNotes, AShareOfLabelsThatRoundsUpToAClipIsSaidAsWhatItIs) {
    const ProtocolConfig config{
        .kind = ProtocolKind::semi_supervised, .labels = {.fraction = 0.01}, .raw_neighbours = 1};

    const auto found = notes(clips_of_three(), config);

    ASSERT_EQ(found.size(), 1U);
    EXPECT_NE(found[0].find("--label-fraction 0.01: for 3 of 3 signs"), std::string::npos) << found[0];
    EXPECT_NE(found[0].find("3 of 24 labels are used, 12.5 %"), std::string::npos) << found[0];
}

TEST(EvaluationNotes, ClassesWithFewerClipsThanAskedForAreCounted) {
    const ProtocolConfig config{.labels = {.count = 9}, .raw_neighbours = 1};

    const auto found = notes(clips_of_three(), config);

    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0], "--label-count 9: 3 of 3 signs have fewer training clips, so all of theirs are used");
    EXPECT_TRUE(notes(clips_of_three(), {.labels = {.count = 8}}).empty());
}

TEST(EvaluationNotes, ThoseOfALabelCurveNameItsOwnOptionsAndStandThereOnce) {
    EvaluateOptions options;
    options.protocol.kind = ProtocolKind::label_curve;
    options.protocol.raw_neighbours = 1;
    options.label_counts = {8, 9};
    options.label_shares = {0.01, 1};

    auto found = notes_of_evaluation(clips_of_three(), options, 0);

    std::ranges::transform(found, found.begin(), io::as_options);
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].find("top-5 of 3 signs"), 0U) << found[0];
    EXPECT_EQ(found[1].find("--label-counts 9: 3 of 3 signs"), 0U) << found[1];
    EXPECT_EQ(found[2].find("--label-shares 0.01: for 3 of 3 signs"), 0U) << found[2];
}

TEST(EvaluationNotes, SignsThatNoTrainingClipShowsAreNamed) {
    auto clips = clips_of_three();
    std::erase_if(clips.train, [&](auto clip) { return clips.labels[static_cast<std::size_t>(clip)] == 1; });

    const auto found = notes(clips, {});

    ASSERT_EQ(found.size(), 1U);
    EXPECT_NE(found[0].find("2 of 6 test clips show 1 signs that no training clip shows (b)"),
              std::string::npos)
        << found[0];
}

}  // namespace
}  // namespace sslslr
