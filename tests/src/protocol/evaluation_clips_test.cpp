#include "src/protocol/evaluation_clips.hpp"

#include <gtest/gtest.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

using Clips = std::vector<std::int64_t>;

/// 40 clips of one frame: classes a (20), b (12), c (6) and no sign (2), signed by S1 and S2 in turn.
io::ClipIndex forty_clips() {
    io::ClipIndex index;
    index.label_names = {"a", "-", "b", "c"};
    index.signer_names = {"S1", "S2", "S4"};
    index.offsets = {0};
    for (const auto& [label, count] :
         {std::pair{0, 20}, std::pair{1, 2}, std::pair{2, 12}, std::pair{3, 6}}) {
        for (int i = 0; i < count; ++i) {
            index.offsets.push_back(index.offsets.back() + 1);
            index.labels.push_back(label);
            index.signers.push_back(i % 2);
            index.ids.push_back(std::ssize(index.ids));
        }
    }
    index.splits["train"] = {0, 1, 2, 3, 22, 23, 34, 35};
    index.splits["val"] = {4, 24};
    index.splits["test"] = {5, 6, 25, 36};
    index.splits["leak"] = {5, 7};
    return index;
}

std::string refusal(const ClipParts& parts) {
    try {
        part_clips(forty_clips(), parts);
    } catch (const ConfigError& error) {
        return io::as_options(error.what());
    }
    return "";
}

TEST(PartClips, ASignerLeftOutTestsAndTheOthersTrain) {
    const auto clips = part_clips(forty_clips(), {.left_out_signers = {"S2"}});

    EXPECT_EQ(clips.test.size(), 19);
    EXPECT_EQ(clips.train.size(), 19);
    EXPECT_EQ(clips.pretrain.size(), 20);  // including the one without a sign
    EXPECT_EQ(clips.class_names, (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(clips.labels[22], 1);  // numbered without gaps
    EXPECT_EQ(clips.labels[20], -1);
}

TEST(PartClips, OfficialSplitsAreTakenByName) {
    const auto clips =
        part_clips(forty_clips(), {.train_split = "train", .validation_split = "val", .test_split = "test"});

    EXPECT_EQ(clips.train, (Clips{0, 1, 2, 3, 22, 23, 34, 35}));
    EXPECT_EQ(clips.validation, (Clips{4, 24}));
    EXPECT_EQ(clips.test, (Clips{5, 6, 25, 36}));
}

TEST(PartClips, TheLargestClassesAreCountedOnTrainingClips) {
    const auto clips = part_clips(forty_clips(), {.left_out_signers = {"S2"}, .classes = 2});

    EXPECT_EQ(clips.class_names, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(clips.test.size(), 16);
    EXPECT_EQ(clips.pretrain.size(), 16);
}

TEST(PartClips, ADrawnShareOfEachClassTrains) {
    const auto clips = part_clips(forty_clips(), {.train_fraction = 0.25});

    EXPECT_EQ(clips.train.size(), 5 + 3 + 2);  // halves of a clip are rounded up
    EXPECT_EQ(clips.test.size(), 38 - 10);
    EXPECT_EQ(clips.train, part_clips(forty_clips(), {.train_fraction = 0.25}).train);
    EXPECT_NE(clips.train, part_clips(forty_clips(), {.train_fraction = 0.25, .seed = 1}).train);
}

TEST(PartClips, ValidatingClipsDoNotTrain) {
    const auto clips = part_clips(forty_clips(), {.left_out_signers = {"S2"}, .validation_fraction = 0.2});

    EXPECT_EQ(clips.validation.size(), 2 + 1 + 1);
    EXPECT_EQ(clips.train.size() + clips.validation.size(), 19);
    for (const auto clip : clips.validation) {
        EXPECT_EQ(std::ranges::count(clips.train, clip), 0);
    }
}

TEST(PartClips, AClassThatWouldValidateWholeKeepsAClipToTrainOn) {
    auto index = forty_clips();
    index.labels[0] = 4;
    index.label_names.push_back("d");

    const auto clips = part_clips(index, {.left_out_signers = {"S2"}, .validation_fraction = 0.5});

    EXPECT_EQ(std::ranges::count(clips.train, 0), 1);
}

TEST(PartClips, PretrainingSeesNoClipOfTheTestSplitWhateverItsClass) {
    auto index = forty_clips();
    index.splits["test"].push_back(20);  // shows no sign
    index.labels[6] = -1;

    const auto clips = part_clips(index, {.test_split = "test"});

    EXPECT_EQ(clips.test, (Clips{5, 25, 36}));
    EXPECT_EQ(clips.pretrain.size(), 40 - 5);
    for (const auto clip : {6, 20}) {
        EXPECT_EQ(std::ranges::count(clips.pretrain, clip), 0) << clip;
    }
}

TEST(PartClips, RefusesToChooseOnTheTestSplit) {
    EXPECT_NE(refusal({.validation_split = "test", .test_split = "test"}).find("is the test split"),
              std::string::npos);
    const auto shared = refusal({.validation_split = "leak", .test_split = "test"});
    EXPECT_NE(shared.find("--validation-split leak shares 1 clip"), std::string::npos) << shared;
    const auto signer =
        refusal({.left_out_signers = {"S4"}, .test_signers = {"S2"}, .validation_signers = {"S2"}});
    EXPECT_NE(signer.find("--validation-signer S2 shares 19 clips"), std::string::npos) << signer;
}

TEST(PartClips, RefusesATrainingSplitThatSharesClipsWithTheTest) {
    const auto text = refusal({.train_split = "leak", .test_split = "test"});
    EXPECT_NE(text.find("--train-split leak shares 1 clip"), std::string::npos) << text;
}

TEST(PartClips, RefusesWhatLeavesNothing) {
    EXPECT_NE(refusal({}).find("nothing to test on"), std::string::npos);
    EXPECT_NE(refusal({.left_out_signers = {"S1", "S2"}}).find("none of the"), std::string::npos);
    EXPECT_NE(refusal({.left_out_signers = {"S3"}}).find("S1, S2, S4"), std::string::npos);
    EXPECT_NE(refusal({.left_out_signers = {"S2"}, .classes = 9}).find("--classes 9"), std::string::npos);
    EXPECT_NE(refusal({.train_fraction = 1.5}).find("--train-fraction 1.5"), std::string::npos);
}

TEST(PartClips, ATrainingSplitThatAStoreLacksIsRefusedAndATestSplitIsNamed) {
    auto index = forty_clips();
    index.files_without_split = {{"train", {"more.h5"}}};
    EXPECT_THROW(part_clips(index, {.train_split = "train", .test_split = "test"}), ConfigError);

    index.files_without_split = {{"test", {"more.h5"}}, {"val", {"more.h5", "other.h5"}}};
    EXPECT_EQ(
        part_clips(index, {.train_split = "train", .validation_split = "val", .test_split = "test"}).how,
        "tested on split test (not in more.h5), validated on split val (not in more.h5, other.h5)");
}

}  // namespace
}  // namespace sslslr
