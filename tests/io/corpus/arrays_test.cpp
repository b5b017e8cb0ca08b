// Arrays without a format of their own, in the layouts that trainers and tutorials write.
#include <algorithm>
#include <limits>

#include <gtest/gtest.h>

#include "io/file/data_error.hpp"
#include "io/file/setting.hpp"
#include "tests/io/corpus/corpus_test.hpp"

namespace sslslr::io::test {
namespace {

namespace fs = std::filesystem;

using Shape = std::vector<std::size_t>;
using Texts = std::vector<std::string>;

class ArraysTest : public CorpusTest {
protected:
    static std::size_t count_of(const Shape& shape) {
        std::size_t count = 1;
        for (const auto extent : shape) {
            count *= extent;
        }
        return count;
    }
    /// An array of the given shape with the values 1, 2, 3, ...
    static std::string counting(const Shape& shape) {
        std::vector<double> values(count_of(shape));
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i] = static_cast<double>(i + 1);
        }
        return npy_bytes("<f8", shape, bytes_of(values));
    }
    static std::string array(const Shape& shape, const std::vector<float>& values) {
        return npy_bytes("<f4", shape, bytes_of(values));
    }
    std::string refusal(const std::string& format) {
        return error_of([&] { open(format)->read(0); });
    }
};

TEST_F(ArraysTest, MpDataWithARefinedFaceOf478PointsDropsTheFace) {
    write("hello/0/0.npy", counting({1692}));
    const auto clip = open("mp-data")->read(0);
    EXPECT_EQ(value_at(clip, 0, "pose.left_eye_inner", 0), 5.0F);
    EXPECT_EQ(value_at(clip, 0, "left_hand.wrist", 0), 132 + 478 * 3 + 1.0F);
    EXPECT_EQ(value_at(clip, 0, "right_hand.pinky_tip", 2), 1692.0F);
}

TEST_F(ArraysTest, MpDataReadsASequenceAsOneFile) {
    write("hello/0.npy", counting({2, 1662}));
    write("hello/1.npy", counting({3, 126}));
    write("hello/2/0.npy", counting({126}));
    const auto corpus = open("mp-data");
    ASSERT_EQ(corpus->listing().clips.size(), 3U);
    EXPECT_EQ(corpus->listing().clips[0].name, "hello/0");
    EXPECT_EQ(corpus->listing().clips[0].label, "hello");
    const auto clip = corpus->read(0);
    EXPECT_EQ(clip.frames(), 2);
    EXPECT_EQ(value_at(clip, 1, "left_hand.wrist", 0), 1662 + 132 + 468 * 3 + 1.0F);
    EXPECT_EQ(corpus->read(1).frames(), 3);
    EXPECT_EQ(corpus->files(0), std::vector<fs::path>{folder_ / "in/hello/0.npy"});
}

TEST_F(ArraysTest, CopiesOfFramesBesideThemAreSkippedAndReported) {
    for (const auto* const name : {"0", "1", "1 (1)", "1 - Copy", "1 copy 2"}) {
        write("hello/0/" + std::string{name} + ".npy", counting({126}));
    }
    write("hello/1/0 (1).npy", counting({126}));  // only the copy remains
    const auto corpus = open("mp-data");
    const auto clip = corpus->read(0);
    EXPECT_EQ(clip.frames(), 2);
    EXPECT_EQ(clip.repairs, Texts{"copies of frames, such as '3 (1).npy' next to '3.npy', skipped"});
    EXPECT_EQ(corpus->read(1).frames(), 1);
}

TEST_F(ArraysTest, FramesOfMpDataAreFlatOrByPoints) {
    write("a/0/0.npy", counting({2, 75}));
    write("a/1/0.npy", counting({75, 3}));
    write("a/2/0.npy", counting({1, 126}));
    const auto corpus = open("mp-data");
    EXPECT_NE(error_of([&] { corpus->read(0); })
                  .find("expected the numbers of one frame, or [points, 2 to 4 "
                        "coordinates], found a shape of [2, 75]"),
              std::string::npos);
    EXPECT_EQ(value_at(corpus->read(1), 0, "right_hand.pinky_tip", 2), 225.0F);
    EXPECT_EQ(corpus->read(2).frames(), 1);
}

TEST_F(ArraysTest, OneHandIsTakenForTheHandThatTheUserNames) {
    write("a/0/0.npy", counting({63}));
    write("a/1.npy", counting({2, 63}));
    EXPECT_NE(refusal("mp-data").find("frames of one hand (21 points, 63 or 42 numbers): name the hand with "
                                      "--hand left or --hand right"),
              std::string::npos);
    options_.hand = "right";
    const auto corpus = open("mp-data");
    EXPECT_EQ(value_at(corpus->read(0), 0, "right_hand.pinky_tip", 2), 63.0F);
    EXPECT_EQ(detected(corpus->read(0)), 63U);
    EXPECT_EQ(value_at(corpus->read(1), 1, "right_hand.wrist", 0), 64.0F);

    fs::remove_all(folder_ / "in");
    write("a/0.npy", counting({1, 21, 2}));
    write("a/1.npy", counting({1, 63}));
    write("a/2.npy", counting({1, 75, 2}));
    options_.hand = "left";
    const auto arrays = open("npy");
    EXPECT_EQ(value_at(arrays->read(0), 0, "left_hand.pinky_tip", 1), 42.0F);
    EXPECT_EQ(value_at(arrays->read(1), 0, "left_hand.pinky_tip", 2), 63.0F);
    EXPECT_NE(error_of([&] { arrays->read(2); }).find("expected 21 points as --hand left says, found 75"),
              std::string::npos);
}

TEST_F(ArraysTest, HandIsLeftOrRightAndNoPointOrder) {
    write("a/0.npy", counting({1, 21, 2}));
    options_.hand = "both";
    EXPECT_THROW(open("npy"), std::invalid_argument);
    options_.hand = "left";
    options_.point_order = "hands-42";
    EXPECT_THROW(open("npy"), std::invalid_argument);
}

TEST_F(ArraysTest, FlatFramesOfMpDataAreReadFromArraysToo) {
    write("a/0.npy", counting({2, 1662}));
    write("a/1.npy", counting({1, 1692}));
    write("a/2.npy", counting({1, 258}));
    const auto corpus = open("npy");
    EXPECT_EQ(value_at(corpus->read(0), 1, "pose.left_eye_inner", 0), 1662 + 5.0F);
    EXPECT_EQ(value_at(corpus->read(1), 0, "left_hand.wrist", 0), 132 + 478 * 3 + 1.0F);
    EXPECT_EQ(value_at(corpus->read(2), 0, "left_hand.wrist", 0), 133.0F);
    options_.point_order = "mp-data-543";
    EXPECT_EQ(value_at(open("npy")->read(0), 0, "left_hand.wrist", 0), 132 + 468 * 3 + 1.0F);
}

TEST_F(ArraysTest, ArraysOf553PointsAreReadInANamedOrder) {
    write("a/0.npy", counting({1, 553, 3}));
    EXPECT_NE(refusal("npy").find("arrays of 553 points come in several orders: name the order with "
                                  "--point-order (holistic-553, mp-data-553, asl-citizen-553)"),
              std::string::npos);
    options_.point_order = "mp-data-543";
    EXPECT_NE(
        refusal("npy").find("expected 543 points as --point-order mp-data-543 says, found 553 (holistic-553"),
        std::string::npos);
    options_.point_order = "mp-data-553";
    const auto clip = open("npy")->read(0);
    EXPECT_EQ(value_at(clip, 0, "left_hand.wrist", 0), (33 + 478) * 3 + 1.0F);
    EXPECT_EQ(detected(clip), 225U);
    options_.point_order = "holistic-553";
    EXPECT_EQ(value_at(open("npy")->read(0), 0, "pose.nose", 0), (478 + 21) * 3 + 1.0F);
}

TEST_F(ArraysTest, AslCitizenMayHaveARefinedFace) {
    write("1-A.npy", counting({1, 553, 2}));
    write("2-B.npy", counting({1, 500, 2}));
    write("train.csv", "Participant ID,Video file,Gloss,ASL-LEX Code\nP7,1-A.mp4,A,X\n");
    const auto corpus = open("asl-citizen");
    EXPECT_EQ(value_at(corpus->read(0), 0, "right_hand.wrist", 0), 33 * 2 + 1.0F);
    EXPECT_EQ(value_at(corpus->read(0), 0, "left_hand.wrist", 0), 54 * 2 + 1.0F);
    EXPECT_EQ(detected(corpus->read(0)), 150U);
    EXPECT_NE(error_of([&] { corpus->read(1); }).find("expected a shape of [frames, 543, 2], or 553 points"),
              std::string::npos);
}

TEST_F(ArraysTest, TwoHandsAreTakenAsLeftThenRightAndWhatIsMinusOneAsMissing) {
    std::vector<float> values(2 * 2 * 21 * 3, 0.25F);
    std::fill_n(values.begin(), 63, -1.0F);
    write("a/0.npy", array({2, 2, 21, 3}, values));
    const auto clip = open("npy")->read(0);
    EXPECT_EQ(clip.frames(), 2);
    EXPECT_TRUE(std::isnan(value_at(clip, 0, "left_hand.wrist", 0)));
    EXPECT_EQ(value_at(clip, 0, "right_hand.wrist", 0), 0.25F);
    EXPECT_EQ(value_at(clip, 1, "left_hand.pinky_tip", 2), 0.25F);
    ASSERT_EQ(clip.repairs.size(), 1U);
    EXPECT_NE(clip.repairs[0].find("taken as left, then right"), std::string::npos);
    options_.point_order = "hands-42-right-first";
    const auto turned = open("npy")->read(0);
    EXPECT_TRUE(std::isnan(value_at(turned, 0, "right_hand.wrist", 0)));
    EXPECT_EQ(value_at(turned, 0, "left_hand.wrist", 0), 0.25F);
    EXPECT_TRUE(turned.repairs.empty());
    options_.zero_is_missing = false;
    EXPECT_EQ(value_at(open("npy")->read(0), 0, "right_hand.wrist", 0), -1.0F);
}

TEST_F(ArraysTest, APointOfTheMissingValueIsNotDetected) {
    std::vector<float> values(75 * 3, 0.25F);
    std::fill_n(values.begin(), 3, -1.0F);
    values[3] = -1;
    std::fill_n(values.begin() + 6, 2, 0.0F);
    write("a/0.npy", array({1, 75, 3}, values));
    EXPECT_EQ(value_at(open("npy")->read(0), 0, "pose.nose", 0), -1.0F);
    options_.missing = "-1";
    const auto clip = open("npy")->read(0);
    EXPECT_TRUE(std::isnan(value_at(clip, 0, "pose.nose", 0)));
    EXPECT_TRUE(std::isnan(value_at(clip, 0, "pose.nose", 2)));
    EXPECT_EQ(value_at(clip, 0, "pose.left_eye_inner", 0), -1.0F) << "only x";
    EXPECT_EQ(value_at(clip, 0, "pose.left_eye", 0), 0.0F);
    options_.missing = "0";
    EXPECT_TRUE(std::isnan(value_at(open("npy")->read(0), 0, "pose.left_eye", 0)));
    for (const auto* text : {"none", "1e99", "inf", "-1 "}) {
        options_.missing = text;
        EXPECT_THROW(open("npy"), std::invalid_argument) << text;
    }
}

TEST_F(ArraysTest, AnUnknownShapeNamesThoseThatAreKnownAndOptionsOnlyWhereTheyHelp) {
    const std::map<std::string, std::string> refusals{
        {"a/0", "expected frames of 75 (pose, hands), 65"},
        {"a/1", "expected flat frames of 1662 or 1692 (pose, face"},
        {"a/2", "--from mp-data reads LABEL/SEQUENCE/FRAME.npy"},
        {"a/3", "name an array of many clips, [clips, frames, ...], X.npy"},
        {"a/4", "frames of one hand (21 points"},
        {"a/5", "--point-order (holistic-543, mp-data-543, asl-"}};
    write("a/0.npy", counting({1, 68, 2}));
    write("a/1.npy", counting({1, 100}));
    write("a/2.npy", counting({258}));
    write("a/3.npy", counting({4, 3, 258}));
    write("a/4.npy", counting({1, 21, 3}));
    write("a/5.npy", counting({1, 543 * 3}));
    const auto corpus = open("npy");
    for (std::size_t clip = 0; clip < corpus->listing().clips.size(); ++clip) {
        const auto error = error_of([&] { corpus->read(clip); });
        EXPECT_NE(error.find(refusals.at(corpus->listing().clips[clip].name)), std::string::npos) << error;
    }
}

TEST_F(ArraysTest, ArraysWhoseAxesAreInAnotherOrderAreToldHowToTurnThem) {
    const std::map<std::string, std::string> refusals{
        {"a/0", "found 9; if it is [points, frames, coordinates], save numpy.transpose(array, (1, 0, 2))"},
        {"a/1",
         "found [9, 2, 75]; if it is [frames, coordinates, points], save numpy.transpose(array, (0, 2, 1))"},
        {"a/2",
         "found [3, 9, 543]; if it is [coordinates, frames, points], save numpy.transpose(array, (1, 2, 0))"},
        {"a/3", "found 9 numbers per frame; if it is [values, frames], save numpy.transpose(array)"}};
    write("a/0.npy", counting({75, 9, 2}));
    write("a/1.npy", counting({9, 2, 75}));
    write("a/2.npy", counting({3, 9, 543}));
    write("a/3.npy", counting({258, 9}));
    const auto corpus = open("npy");
    for (std::size_t clip = 0; clip < corpus->listing().clips.size(); ++clip) {
        const auto error = error_of([&] { corpus->read(clip); });
        EXPECT_NE(error.find(refusals.at(corpus->listing().clips[clip].name)), std::string::npos) << error;
    }
    options_.point_order = "holistic-75";
    EXPECT_NE(error_of([&] { open("npy")->read(0); }).find("says, found 9; if it is [points"),
              std::string::npos);
}

TEST_F(ArraysTest, ValuesThatAreNoCoordinatesAreRefusedByTheirRange) {
    write("a/0.npy", array({1, 75, 2}, std::vector<float>(150, 1e20F)));
    const auto error = refusal("npy");
    EXPECT_NE(error.find("0.npy: expected coordinates (fractions of the image, or pixels) from -65504 to "
                         "65504, found 1e+20 and no x or y in that range; if 1e+20 marks points that were "
                         "not detected, use --missing 1e+20"),
              std::string::npos)
        << error;
    options_.missing = "1e+20";
    EXPECT_EQ(detected(open("npy")->read(0)), 0U);
    options_.missing.clear();
    auto values = std::vector<float>(150, 1e20F);
    values[0] = 0.5F;
    write("a/0.npy", array({1, 75, 2}, values));
    EXPECT_EQ(detected(open("npy")->read(0)), 1U);
}

TEST_F(ArraysTest, FilesThatMustBeConvertedFirstAreNamedWithTheWay) {
    write("a/0.NPZ", "");
    EXPECT_NE(refusal("npy").find("expected files ending in .npy, found none; 1 file is not read: a/0.NPZ: "
                                  "save each of its arrays in its own file with numpy.save"),
              std::string::npos)
        << refusal("npy");
    write("a/0.npy", counting({1, 75, 2}));
    write("a/1.mat", "");
    const auto notes = open("npy")->listing().notes;
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_EQ(notes[0].find("2 files are not read: a/0.NPZ, a/1.mat: "), 0U) << notes[0];
    options_.input = folder_ / "in/a/1.mat";
    options_.format = "npy";
    EXPECT_NE(error_of([&] {
                  open_corpus(options_);
              }).find("or a file ending in .npy: read it with scipy.io.loadmat"),
              std::string::npos);
}

class SplitFoldersTest : public ArraysTest {
protected:
    void write_all(const Texts& clips) const {
        fs::remove_all(folder_ / "in");
        for (const auto& clip : clips) {
            write(clip + ".npy", counting({1, 75, 2}));
        }
    }
    Texts notes_of(const Texts& clips) {
        write_all(clips);
        Texts notes = open("npy")->listing().notes;
        std::ranges::transform(notes, notes.begin(), as_options);
        return notes;
    }
};

TEST_F(SplitFoldersTest, AreReadAsSplitsAndReported) {
    write_all({"Training/tea/0", "Training/training/1", "dev/tea/2", "testing/tea/3"});
    const auto listing = open("npy")->listing();
    EXPECT_EQ(listing.splits.at("Training"), (Texts{"Training/tea/0", "Training/training/1"}));
    EXPECT_EQ(listing.splits.at("dev"), Texts{"dev/tea/2"});
    EXPECT_EQ(listing.splits.at("testing"), Texts{"testing/tea/3"});
    EXPECT_EQ(listing.clips[0].label, "tea");
    EXPECT_EQ(listing.notes, Texts{"the folders at the top are read as splits: Training, dev, testing"});
}

TEST_F(SplitFoldersTest, MustAllBeNamedSoAndHoldFoldersOfLabels) {
    EXPECT_TRUE(notes_of({"train/tea/0", "test/tea/1", "more/tea/2"}).empty());
    EXPECT_TRUE(notes_of({"train/tea/0", "x"}).empty());
    const auto notes = notes_of({"train/0", "test/1"});
    EXPECT_TRUE(open("npy")->listing().splits.empty());
    EXPECT_EQ(notes, Texts{"the folders at the top have names of splits but are read as labels: test, train; "
                           "expected SPLIT/LABEL/CLIP, or a list of labels and splits (--metadata)"});
}

TEST_F(SplitFoldersTest, GiveWayToTheSplitsOfAList) {
    write_all({"train/tea/0", "test/tea/1"});
    options_.metadata = folder_ / "list.csv";
    write_bytes(folder_ / "list.csv", "clip,split\n0,mine\n1,mine\n");
    EXPECT_EQ(open("npy")->listing().splits.size(), 1U);
    write_bytes(folder_ / "list.csv", "clip,label\n0,milk\n1,milk\n");
    const auto listing = open("npy")->listing();
    EXPECT_EQ(listing.splits.at("test"), Texts{"test/tea/1"}) << "the list names none";
    EXPECT_EQ(listing.clips[0].label, "milk");
}

TEST_F(ArraysTest, ClipsInOneArrayAreReadWithTheirLabelsBesideIt) {
    write("X_train.npy", counting({3, 2, 258}));
    write("y_train.npy", npy_bytes("<i8", {3}, bytes_of(std::vector<std::int64_t>{2, 0, 10})));
    write("X_test.npy", counting({2, 4, 75, 2}));
    write("y_test.npy", array({2, 3}, {0, 0, 1, 1, 0, 0}));
    write("tea/other.npy", counting({1, 75, 2}));
    const auto corpus = open("npy");
    const auto& listing = corpus->listing();
    Texts names;
    Texts labels;
    for (const auto& clip : listing.clips) {
        names.push_back(clip.name);
        labels.push_back(clip.label);
    }
    EXPECT_EQ(names, (Texts{"X_test/0", "X_test/1", "X_train/0", "X_train/1", "X_train/2", "tea/other"}));
    EXPECT_EQ(labels, (Texts{"2", "0", "2", "0", "10", "tea"}));
    EXPECT_EQ(listing.splits.at("train").size(), 3U);
    EXPECT_EQ(listing.splits.at("test"), (Texts{"X_test/0", "X_test/1"}));
    ASSERT_EQ(listing.notes.size(), 2U);
    EXPECT_EQ(listing.notes[1],
              "X_train.npy: 3 clips of 2 frames in one array, labelled by the numbers in y_train.npy");
    const auto clip = corpus->read(3);
    EXPECT_EQ(clip.frames(), 2);
    EXPECT_EQ(value_at(clip, 1, "pose.nose", 0), 3 * 258 + 1.0F);
    EXPECT_EQ(corpus->read(1).frames(), 4);
}

TEST_F(ArraysTest, LabelsThatDoNotFitTheirClipsAreRefused) {
    const auto error = [&](const std::string& labels) {
        write("X.npy", counting({2, 3, 258}));
        write("y.npy", labels);
        return error_of([&] { open("npy"); });
    };
    EXPECT_NE(error(array({3}, {0, 1, 2})).find("y.npy: expected the labels of 2 clips"), std::string::npos);
    EXPECT_NE(error(array({2}, {0, 0.5})).find("expected a class number from 0 for clip 1"),
              std::string::npos);
    EXPECT_NE(error(array({2}, {-1, 0})).find("expected a class number from 0 for clip 0"),
              std::string::npos);
    EXPECT_NE(error(array({2, 2}, {1, 0, 1, 1})).find("for clip 1, or a row with a single 1"),
              std::string::npos);
    write("X.npy", counting({2, 258}));
    write("y.npy", array({2}, {0, 1}));
    EXPECT_NE(error_of([&] { open("npy"); }).find("expected many clips in one array, [clips, frames, ...]"),
              std::string::npos);
}

TEST_F(ArraysTest, AnAlphabetMayHaveClipsNamedXAndY) {
    write("x.npy", counting({2, 75, 2}));
    write("y.npy", counting({3, 150}));
    write("letters/x.npy", counting({2, 150}));
    write("letters/y.npy", "damaged");
    const auto corpus = open("npy");
    ASSERT_EQ(corpus->listing().clips.size(), 4U);
    EXPECT_EQ(corpus->listing().clips[2].name, "x");
    EXPECT_EQ(corpus->read(2).frames(), 2);
    EXPECT_EQ(corpus->read(3).frames(), 3);
    EXPECT_EQ(corpus->read(0).frames(), 2);
    EXPECT_THROW(corpus->read(1), DataError);
}

TEST_F(ArraysTest, AnArrayNamedXWithoutLabelsIsAClip) {
    write("tea/X.npy", counting({2, 258}));
    const auto corpus = open("npy");
    ASSERT_EQ(corpus->listing().clips.size(), 1U);
    EXPECT_EQ(corpus->listing().clips[0].label, "tea");
    EXPECT_EQ(corpus->read(0).frames(), 2);
}

class MpDataFramesTest : public ArraysTest {
protected:
    Texts repairs_of(const Texts& frames) {
        fs::remove_all(folder_ / "in");
        for (const auto& name : frames) {
            write("a/0/" + name + ".npy", counting({126}));
        }
        return open("mp-data")->read(0).repairs;
    }
};

TEST_F(MpDataFramesTest, FramesAreMissingOnlyWhereTheirNumbersLeaveOneOut) {
    EXPECT_TRUE(repairs_of({"frame_0", "frame_1", "frame_2"}).empty());
    EXPECT_TRUE(repairs_of({"1", "2", "3"}).empty());
    EXPECT_TRUE(repairs_of({"000", "001"}).empty());
    EXPECT_TRUE(repairs_of({"clip3-frame-120", "clip3-frame-121"}).empty()) << "cut from a longer video";
    EXPECT_TRUE(repairs_of({"first", "second"}).empty()) << "no numbers";
    EXPECT_EQ(repairs_of({"frame_0", "frame_2"}).size(), 1U);
    EXPECT_EQ(repairs_of({"0", "5"}).size(), 1U);
}

TEST_F(ArraysTest, FramesOfASequenceHaveOneWidth) {
    write("a/0/0.npy", counting({126}));
    write("a/0/1.npy", counting({258}));
    EXPECT_NE(
        refusal("mp-data").find("0/1.npy: expected 126 numbers as in the sequence's other frames, found 258"),
        std::string::npos);
}

TEST_F(ArraysTest, MpDataNamesTheRootThatWouldDo) {
    write("MP_Data/hello/0/0.npy", counting({126}));
    const auto too_high = refusal("mp-data");
    EXPECT_NE(too_high.find("--input " + (folder_ / "in/MP_Data").string() + " holds clips"),
              std::string::npos)
        << too_high;
    fs::remove_all(folder_ / "in");
    write("0/0.npy", counting({126}));
    const auto too_low = refusal("mp-data");
    EXPECT_NE(too_low.find("--input " + folder_.path().string() + " holds clips"), std::string::npos)
        << too_low;
    write("0/1.npy", counting({2, 126}));
    EXPECT_NE(refusal("mp-data").find("is --input the folder of a label? Then name the one above it"),
              std::string::npos)
        << "a single frame next to a sequence";
    fs::remove_all(folder_ / "in");
    write("0.npy", counting({126}));
    const auto lowest = refusal("mp-data");
    EXPECT_NE(lowest.find("expected LABEL/SEQUENCE/FRAME.npy or LABEL/SEQUENCE.npy below it"),
              std::string::npos)
        << lowest;
    EXPECT_NE(lowest.find("0.npy: expected in the folder of a label"), std::string::npos) << lowest;
}

TEST_F(ArraysTest, ASequenceWithoutFramesStaysAClipWithoutFrames) {
    write("a/0/0.npy", counting({126}));
    fs::create_directories(folder_ / "in/a/1");
    const auto corpus = open("mp-data");
    ASSERT_EQ(corpus->listing().clips.size(), 2U);
    EXPECT_EQ(corpus->read(1).frames(), 0);
}

}  // namespace
}  // namespace sslslr::io::test
