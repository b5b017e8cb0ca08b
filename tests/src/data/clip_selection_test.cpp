#include "src/data/clip_selection.hpp"

#include <gtest/gtest.h>

#include "src/errors.hpp"

namespace sslslr {
namespace {

using Numbers = std::vector<std::int64_t>;

/// Six clips of two signers; clip 2 has no frames, clip 3 no label, clip 4 no sign, clip 5 no known signer.
io::ClipIndex example() {
    io::ClipIndex index;
    index.offsets = {0, 3, 5, 5, 9, 10, 12};
    index.labels = {0, 1, 0, -1, 2, 1};
    index.signers = {0, 1, 0, 1, 0, -1};
    index.ids = {10, 11, 12, 13, 14, 15};
    index.label_names = {"hello", "thanks", "-"};
    index.signer_names = {"S01", "S02"};
    index.splits = {{"train", {5, 2, 1, 0}}, {"test", {3, 4}}};
    return index;
}

std::string message_of(const Selection& selection) {
    try {
        select_clips(example(), selection);
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "no error";
}

TEST(SelectClips, TakesAllButEmptyOnesUnlessAsked) {
    EXPECT_EQ(select_clips(example(), {}), (Numbers{0, 1, 3, 4, 5}));
}

TEST(SelectClips, KeepsTheOrderOfASplit) {
    EXPECT_EQ(select_clips(example(), {.split = "train"}), (Numbers{5, 1, 0}));
}

TEST(SelectClips, ByLabelLeavesOutUnlabelledAndNoSign) {
    EXPECT_EQ(select_clips(example(), {.only_labelled = true}), (Numbers{0, 1, 5}));
}

TEST(SelectClips, LeftOutSignersAndTheOthersShareNoClip) {
    EXPECT_EQ(select_clips(example(), {.left_out_signers = {"S01"}}), (Numbers{1, 3, 5}));
    EXPECT_EQ(select_clips(example(), {.signers = {"S01"}}), (Numbers{0, 4}));
}

TEST(SelectClips, AnUnknownSplitIsAnsweredByThoseThereAre) {
    const auto message = message_of({.split = "training"});

    EXPECT_NE(message.find("training"), std::string::npos) << message;
    EXPECT_NE(message.find("test, train"), std::string::npos) << message;
}

TEST(SelectClips, AnUnknownSignerIsAnsweredByThoseThereAre) {
    for (const auto& message :
         {message_of({.signers = {"S03"}}), message_of({.left_out_signers = {"S03"}})}) {
        EXPECT_NE(message.find("S03"), std::string::npos) << message;
        EXPECT_NE(message.find("S01, S02"), std::string::npos) << message;
    }
}

TEST(SelectClips, AChoiceThatLeavesNothingSaysWhatRulesTheClipsOut) {
    const auto message = message_of({.split = "test", .left_out_signers = {"S02"}, .only_labelled = true});

    EXPECT_EQ(
        message,
        "none of the 2 clips of split test can be used: 0 have no frames, 1 have no label (usable only for "
        "pretraining), 1 show no sign; signer S02 is left out: choose another split or other signers");
}

TEST(SelectClips, AnEmptySplitIsNamed) {
    auto index = example();
    index.splits["none"] = {};

    try {
        select_clips(index, {.split = "none"});
        FAIL() << "no error";
    } catch (const ConfigError& error) {
        EXPECT_EQ(std::string{error.what()},
                  "split none is empty: choose another, or make it again (sslslr split)");
    }
}

TEST(SelectClips, ASplitThatSomeStoresLackIsRefusedByTheirNamesUnlessItMayBe) {
    auto index = example();
    index.files_without_split["train"] = {"b.h5", "c.h5"};

    EXPECT_EQ(select_clips(index, {.split = "train", .stores_may_lack_split = true}), (Numbers{5, 1, 0}));
    EXPECT_EQ(stores_without_split(index, "train"), "b.h5, c.h5");
    EXPECT_EQ(stores_without_split(index, "test"), "");
    try {
        select_clips(index, {.split = "train"});
        FAIL() << "no error";
    } catch (const ConfigError& error) {
        EXPECT_NE(std::string{error.what()}.find("no split train in b.h5, c.h5"), std::string::npos)
            << error.what();
    }
}

}  // namespace
}  // namespace sslslr
